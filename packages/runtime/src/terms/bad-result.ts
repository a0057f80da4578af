import { show } from './show';

const action =
  'reply(request, …) to a call, replyTo(…), postpone(), nextEvent(…) with an event, a timeout, or another action of its state';
const next = 'nothing, noReply(…), continueWith(…), hibernate() or stop(…)';

/** What the callbacks of behaviours, and the functions they are given, may return. */
const results: ReadonlyMap<unknown, string> = new Map([
  ['init', `${next}, decline(…), ignore(); of a state machine initialState(…)`],
  ['handleCall', 'reply(request, …), noReply(…) or stop(…)'],
  ['handleCast', next],
  ['handleInfo', next],
  ['handleContinue', next],
  ['handleEvent', 'nothing, nextState(…), keepState(…), repeatState(…), stop(…) or stopAndReply(…)'],
  ['handleEvent (enter)', 'a result that stays in the state that is entered'],
  ['start', 'a pid; of a child also ignore(), of an application also { root, state }'],
  ['getAndUpdate', 'a pair: [result, state]'],
]);

/** Says of a value that a callback returned what should have been there. */
export function describeBadReturn(callback: unknown, value: unknown): string {
  const expected = results.get(callback);
  const wanted = expected === undefined ? '' : `expected ${expected}, got `;
  return `bad return value of ${String(callback)}: ${wanted}${show(value)}`;
}

/** Says of an action of a state machine that it is none, or not there. */
export function describeBadAction(value: unknown): string {
  return `bad action: expected ${action}, got ${show(value)}`;
}
