import { badReturn, Outcome } from '../gen-server/call-result';
import { ActionTerm } from './state-action';
import { StateOutcome } from './state-result';
import type { StatemCallbacks } from './statem-callbacks';
import type { EnterEvent, QueuedEvent } from './statem-types';

/* What the callbacks of a state machine come to. */

/** What the handler of a machine returns or, as in OTP, throws: that counts as if it had been returned. */
export function ask(machine: StatemCallbacks, event: QueuedEvent | EnterEvent, state: unknown): unknown {
  try {
    return machine.handleEvent(event, state);
  } catch (thrown) {
    return thrownResult(thrown);
  }
}

/** What a promise of a callback comes to, whether that is returned or thrown. */
export function settled(result: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(result).catch(thrownResult);
}

/** @throws what is no result */
export function thrownResult(thrown: unknown): unknown {
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
