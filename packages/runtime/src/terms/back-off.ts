import { z } from '#zod';
import { isDuration } from './duration';

/** How long to wait before trying again. */
export interface BackOff {
  /** Milliseconds before the first retry, at most. Each further one waits twice as long. */
  readonly minMs: number;
  /** Milliseconds no wait is longer than. */
  readonly maxMs: number;
}

const wait = z.custom<number>((value) => isDuration(value) && value > 0, 'milliseconds, more than 0');

/** The fields of a back-off, for options that have more. */
export const backOffFields = { minMs: wait, maxMs: wait };

/** Checks of options that they have a back-off. */
export function withBackOff<T extends BackOff>(fields: z.ZodType<T>): z.ZodType<T> {
  return fields.refine(({ minMs, maxMs }) => minMs <= maxMs, 'minMs that is not more than maxMs');
}

export const backOffSchema: z.ZodType<BackOff> = withBackOff(z.strictObject(backOffFields));

/** The waits between two attempts to reach a node, unless told otherwise. */
export const defaultBackOff: BackOff = { minMs: 500, maxMs: 30_000 };

/**
 * The wait before a retry: exponential, of which one half is left to chance, so that the nodes which lost one another
 * at the same moment do not dial at the same moment.
 * @param failures how many tries have failed since it last worked
 * @param chance a number in [0, 1)
 */
export function backOffMs({ minMs, maxMs }: BackOff, failures: number, chance: number): number {
  const full = Math.min(maxMs, minMs * 2 ** failures);
  return Math.round(full * (0.5 + chance / 2));
}
