import type { ExitReason } from '../../terms/exit-reason';

/** How a task ended: with its result, or without. OTP: Elixir's `{:ok, result}` and `{:exit, reason}`. */
export type TaskOutcome<Result> =
  | { readonly status: 'ok'; readonly value: Result }
  | { readonly status: 'exit'; readonly reason: ExitReason };

/** How a task ended that was shut down: nothing, if it did as it was told. */
export function unlessAsked<Result>(
  outcome: TaskOutcome<Result> | undefined,
  shutdownMs: number | 'brutalKill',
): TaskOutcome<Result> | undefined {
  if (outcome?.status !== 'exit') return outcome;
  return outcome.reason === (shutdownMs === 'brutalKill' ? 'killed' : 'shutdown') ? undefined : outcome;
}

/** How a task ended of which its owner wants no result any more: a result that was dropped is a normal end. */
export function withoutResult<Result>(
  outcome: TaskOutcome<Result> | undefined,
): TaskOutcome<Result> | undefined {
  return outcome?.status === 'ok' ? { status: 'exit', reason: 'normal' } : outcome;
}
