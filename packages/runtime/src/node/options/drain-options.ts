import { z } from '#zod';
import { durationSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';

/** Options of `node.drain`. */
export interface DrainOptions {
  /**
   * Milliseconds that calls in flight may take to finish; `Infinity` waits for them all. Default 30,000. Of a node that
   * drains already the sooner end counts.
   */
  readonly timeoutMs?: number;
}

const schema = z.strictObject({ timeoutMs: durationSchema.optional() });

/** @throws BadArgumentError if the options are wrong */
export function drainTimeoutOf(options: DrainOptions): number {
  return checkOptions('drain', schema, options).timeoutMs ?? 30_000;
}
