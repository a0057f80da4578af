import type { ExitReason } from '../../terms/exit-reason';
import type { Decline, Ignore, Reply, Stop } from '../gen-server/call-result';
import type { AnyAction, ReplyAction, StatemAction } from './state-action';
import type { StatemTypes } from './statem-types';

declare const opaque: unique symbol;

/** What a handler returns to go to a state: made by `nextState`. */
export interface NextState<State, Action> {
  readonly [opaque]: readonly ['nextState', State, Action];
}

/** What a handler returns to stay in its state: made by `keepState` or `repeatState`. */
export interface KeepState<Action> {
  readonly [opaque]: readonly ['keepState', Action];
}

/** What a handler returns to end the machine: made by `stopAndReply`. */
export interface StopAndReply {
  readonly [opaque]: 'stopAndReply';
}

/** What `init` returns for the machine to run: made by `initialState`. */
export interface InitialState<State, Action> {
  readonly [opaque]: readonly ['initialState', State, Action];
}

/** What a handler of a machine returns; nothing is `keepState()`. OTP: `state_callback_result()`. */
export type StateResult<T extends StatemTypes> =
  // `void`, because a handler that has nothing to say should not have to say so.
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type
  | void
  | undefined
  | NextState<T['state'], StatemAction<T>>
  | KeepState<StatemAction<T>>
  | Stop
  | StopAndReply;

/** What `init` of a machine returns. OTP: `init_result()`. */
export type StatemInitResult<T extends StatemTypes> =
  InitialState<T['state'], StatemAction<T>> | Stop | Ignore | Decline;

/** One shape for all results. */
export class StateOutcome {
  declare readonly [opaque]: never;

  constructor(
    readonly kind: 'initialState' | 'nextState' | 'keepState' | 'repeatState' | 'stopAndReply',
    /** The state, or why to stop. */
    readonly value: unknown,
    readonly actions: readonly AnyAction[],
  ) {}
}

/**
 * From `init`: the state to begin in. OTP: `{ok, State, Data, Actions}`.
 * @param actions taken when the start is done, before the first event
 */
export function initialState<const State, Actions extends readonly AnyAction[]>(
  state: State,
  ...actions: Actions
): InitialState<State, Actions[number]> {
  return new StateOutcome('initialState', state, actions);
}

/**
 * Goes to a state. If it is another one than now, postponed events are handled again and the state timeout is
 * cancelled. OTP: `{next_state, State, Data, Actions}`.
 */
export function nextState<const State, Actions extends readonly AnyAction[]>(
  state: State,
  ...actions: Actions
): NextState<State, Actions[number]> {
  return new StateOutcome('nextState', state, actions);
}

/** Stays in the state. OTP: `{keep_state, Data, Actions}`. */
export function keepState<Actions extends readonly AnyAction[]>(
  ...actions: Actions
): KeepState<Actions[number]> {
  return new StateOutcome('keepState', undefined, actions);
}

/** Stays in the state, and enters it again if the machine has `stateEnter`. OTP: `{repeat_state, Data, Actions}`. */
export function repeatState<Actions extends readonly AnyAction[]>(
  ...actions: Actions
): KeepState<Actions[number]> {
  return new StateOutcome('repeatState', undefined, actions);
}

/**
 * Answers callers, then ends the machine as `stop(reason)` does: `terminate` is called when they are answered.
 * OTP: `{stop_and_reply, Reason, Replies}`.
 */
export function stopAndReply(reason: ExitReason, ...replies: readonly (Reply | ReplyAction)[]): StopAndReply {
  return new StateOutcome('stopAndReply', reason, replies);
}
