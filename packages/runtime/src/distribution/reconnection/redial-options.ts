import { z } from '#zod';
import { backOffFields, withBackOff, type BackOff } from '../../terms/back-off';
import { durationSchema } from '../../terms/option-schemas';

/** How nodes are dialled by themselves, that were lost or told of. */
export interface RedialOptions extends BackOff {
  /** Milliseconds after which a node that was not reached all the time is dialled no more. Default 86,400,000: a day. */
  readonly giveUpMs?: number | undefined;
}

/** Names that come once, as those of containers, are not dialled for ever. */
export const defaultGiveUpMs = 86_400_000;

const options = withBackOff<RedialOptions>(
  z.strictObject({ ...backOffFields, giveUpMs: durationSchema.optional() }),
);

export const redialSchema = z.union(
  [z.literal(false), options],
  'false, or { minMs, maxMs } in milliseconds, the first more than 0 and not more than the second, and giveUpMs if need be',
);
