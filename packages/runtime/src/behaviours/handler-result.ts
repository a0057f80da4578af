import { isPromise } from '../node/spawn';
import { badReturn, Outcome } from './call-result';
import { ActionTerm } from './state-action';
import { StateOutcome } from './state-result';

/* What the callbacks of a state machine come to. */

/**
 * Goes on with what a callback has come to, at once unless it is a promise. As in OTP, a result that is thrown counts as
 * one that is returned.
 */
export function whenDone<R>(
  callback: () => unknown,
  next: (result: unknown) => R | Promise<R>,
): R | Promise<R> {
  let result: unknown;
  try {
    result = callback();
  } catch (thrown) {
    result = thrownResult(thrown);
  }
  return isPromise(result) ? Promise.resolve(result).catch(thrownResult).then(next) : next(result);
}

function thrownResult(thrown: unknown): unknown {
  if (thrown instanceof StateOutcome || thrown instanceof Outcome) return thrown;
  throw thrown;
}

/** Whether it ends the machine. */
export function isStop(result: unknown): result is Outcome | StateOutcome {
  return result instanceof StateOutcome
    ? result.kind === 'stopAndReply'
    : result instanceof Outcome && result.kind === 'stop';
}

/** Whether an action answers a caller. */
export function isReply(action: unknown): boolean {
  return action instanceof Outcome
    ? action.kind === 'reply'
    : action instanceof ActionTerm && action.kind === 'replyTo';
}

/** @throws ProcessExit if a handler has returned something else than what becomes of the state */
export function checkOutcome(result: unknown): StateOutcome {
  if (result instanceof StateOutcome && result.kind !== 'initialState') return result;
  throw badReturn('handleEvent', result);
}
