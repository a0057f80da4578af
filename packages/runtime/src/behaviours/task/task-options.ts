import { z } from '#zod';
import { isDuration } from '../../terms/duration';
import { BadArgumentError } from '../../terms/errors';
import { durationSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';

/** How long a task is waited for unless told otherwise. Elixir has the same. */
const defaultTimeoutMs = 5_000;

/** Options of waiting for tasks. */
export interface TaskWaitOptions {
  /** Milliseconds; `Infinity` waits for as long as it takes. Default 5,000. */
  readonly timeoutMs?: number;
}

/** Options of `Task.yieldMany`. */
export interface YieldManyOptions extends TaskWaitOptions {
  /** How many tasks are waited for; when as many are over, nobody is late, and the others can be asked again. Default: all. */
  readonly limit?: number;
  /** What becomes of those that are not over when the time is. Default `'nothing'`: they can be asked again. */
  readonly onTimeout?: 'nothing' | 'ignore' | 'killTask';
}

const waitSchema = z.strictObject({ timeoutMs: durationSchema.optional() });

/** Tells whether a value is a whole number, 1 or more. */
export function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value >= 1 && (Number.isInteger(value) || value === Infinity);
}

const yieldManySchema = z.strictObject({
  timeoutMs: durationSchema.optional(),
  limit: z.custom<number>(isPositive, 'a number of tasks: a whole number, 1 or more').optional(),
  onTimeout: z.enum(['nothing', 'ignore', 'killTask'], "'nothing', 'ignore' or 'killTask'").optional(),
});

/** The time to wait, checked at the door. */
export function timeoutOfWait(call: string, options: TaskWaitOptions): number {
  checkOptions<unknown>(call, waitSchema, options);
  return options.timeoutMs ?? defaultTimeoutMs;
}

/** Options of `Task.yieldMany`, checked at the door, with every default filled in. */
export function checkYieldMany(call: string, options: YieldManyOptions): Required<YieldManyOptions> {
  checkOptions<unknown>(call, yieldManySchema, options);
  const { timeoutMs = defaultTimeoutMs, limit = Infinity, onTimeout = 'nothing' } = options;
  return { timeoutMs, limit, onTimeout };
}

/** How long a task has to end when it is shut down, checked at the door. */
export function checkShutdown(call: string, shutdownMs: number | 'brutalKill'): void {
  if (shutdownMs === 'brutalKill' || isDuration(shutdownMs)) return;
  const expected = "shutdownMs: milliseconds (0 or more, or Infinity) or 'brutalKill'";
  throw new BadArgumentError({ call, expected, got: shutdownMs });
}
