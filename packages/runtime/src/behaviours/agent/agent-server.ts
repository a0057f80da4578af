import type { Call } from '../../terms/protocol';
import { isPromise } from '../../node/spawn';
import { badReturn, reply, type CallResult, type Next } from '../gen-server/call-result';
import { GenServer } from '../gen-server/gen-server';
import { readState, writeState } from '../gen-server/server-state';

/** What an agent is asked: functions on its value. */
export type AgentCall<State> =
  | Call<{ type: 'get'; fn: (state: State) => unknown }, unknown>
  | Call<{ type: 'update'; fn: (state: State) => State | Promise<State> }, 'ok'>
  | Call<{ type: 'getAndUpdate'; fn: (state: State) => unknown }, unknown>;

/** What an agent is told. */
export interface AgentCast<State> {
  /** As the call of this name, without an answer. */
  readonly type: 'update';
  readonly fn: (state: State) => State | Promise<State>;
}

/**
 * The server behind an agent, started by `startAgent`, or by a supervisor with `agentSpec`; a name is typed as
 * `localName<AgentServer<number>>('name')`. OTP: `Agent.Server`.
 */
export class AgentServer<State> extends GenServer<
  AgentCall<State>,
  AgentCast<State>,
  () => State | Promise<State>
> {
  private value!: State;

  override init(initial: () => State | Promise<State>): undefined | Promise<undefined> {
    return then(initial(), (value) => this.become(value));
  }

  override handleCall(request: AgentCall<State>): CallResult | Promise<CallResult> {
    switch (request.type) {
      case 'get':
        return then(request.fn(this.value), (result) => reply(request, result));
      case 'update':
        return then(request.fn(this.value), (value) => {
          this.become(value);
          return reply(request, 'ok');
        });
      case 'getAndUpdate':
        return then(request.fn(this.value), (pair) => {
          const [result, value] = checkPair(pair);
          this.become(value as State);
          return reply(request, result);
        });
    }
  }

  override handleCast({ fn }: AgentCast<State>): Next | Promise<Next> {
    return then(fn(this.value), (value) => this.become(value));
  }

  [readState](): State {
    return this.value;
  }

  [writeState](value: unknown): void {
    this.value = value as State;
  }

  private become(value: State): undefined {
    this.value = value;
    return undefined;
  }
}

/** Goes on with a value, at once unless it is a promise. */
function then<T, R>(value: T | Promise<T>, next: (value: T) => R): R | Promise<R> {
  return isPromise(value) ? Promise.resolve(value).then(next) : next(value);
}

function checkPair(pair: unknown): readonly [unknown, unknown] {
  if (!Array.isArray(pair) || pair.length !== 2) throw badReturn('getAndUpdate', pair);
  return pair as unknown as readonly [unknown, unknown];
}
