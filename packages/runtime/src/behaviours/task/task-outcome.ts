import type { ExitReason } from '../../terms/exit-reason';

/** How a task ended: with its result, or without. OTP: Elixir's `{:ok, result}` and `{:exit, reason}`. */
export type TaskOutcome<Result> =
  | { readonly status: 'ok'; readonly value: Result }
  | { readonly status: 'exit'; readonly reason: ExitReason };
