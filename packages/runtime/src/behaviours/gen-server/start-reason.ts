import { NameTakenError, StartError } from '../../terms/errors';
import { reasonOfThrown, type ExitReason } from '../../terms/exit-reason';

/** Why something did not start, from what its start threw. OTP: the `Reason` of `{error, Reason}`. */
export function startReason(error: unknown): ExitReason {
  if (error instanceof StartError) return error.reason;
  if (error instanceof NameTakenError) return { type: 'alreadyStarted', pid: error.pid };
  return reasonOfThrown(error);
}
