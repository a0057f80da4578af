import { errorToData } from '../../terms/exit-reason';
import type { From } from '../../terms/from';
import type { Call } from '../../terms/protocol';
import { BaseVerbs } from '../../node/verbs/base-verbs';
import { isPromise } from '../../terms/promise';
import { badReturn, noReply, reply, type CallResult, type Next } from '../gen-server/call-result';
import { GenServer } from '../gen-server/gen-server';
import { refuseCall, refuseCast } from '../gen-server/refused-request';
import { readState, writeState } from '../gen-server/server-state';

/** A function for an agent: itself, or its source, from another node. */
export type AgentFunction<State, Result> = ((state: State) => Result) | { readonly source: string };

/** What an agent is asked: functions on its value. */
export type AgentCall<State> =
  | Call<{ type: 'get'; fn: AgentFunction<State, unknown> }, unknown>
  | Call<{ type: 'update'; fn: AgentFunction<State, State | Promise<State>> }, 'ok'>
  | Call<{ type: 'getAndUpdate'; fn: AgentFunction<State, unknown> }, unknown>;

/** What an agent is told. */
export interface AgentCast<State> {
  /** As the call of this name, without an answer. */
  readonly type: 'update';
  readonly fn: AgentFunction<State, State | Promise<State>>;
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

  override handleCall(request: AgentCall<State>, from: From): CallResult | Promise<CallResult> {
    if (!isOnValue(request, ['get', 'update', 'getAndUpdate'])) return refuseCall(this, request, from);
    const fn = this.accept(request.fn, (error) => {
      from.fail({ kind: 'badReply', error });
    });
    if (fn === undefined) return noReply();
    switch (request.type) {
      case 'get':
        return then(fn(this.value), (result) => reply(request, result));
      case 'update':
        return then(fn(this.value), (value) => {
          this.become(value as State);
          return reply(request, 'ok');
        });
      case 'getAndUpdate':
        return then(fn(this.value), (pair) => {
          const [result, value] = checkPair(pair);
          this.become(value as State);
          return reply(request, result);
        });
    }
  }

  override handleCast(request: AgentCast<State>): Next | Promise<Next> {
    if (!isOnValue(request, ['update'])) return refuseCast(this, request);
    const accepted = this.accept(request.fn, (error) => {
      this.self.log.warning('a function for the agent was dropped', { error });
    });
    return accepted && then(accepted(this.value), (value) => this.become(value as State));
  }

  [readState](): State {
    return this.value;
  }

  [writeState](value: unknown): void {
    this.value = value as State;
  }

  /** A function that is not accepted is no reason for the agent to end. */
  private accept(
    fn: AgentFunction<State, unknown>,
    refused: (error: unknown) => void,
  ): ((state: State) => unknown) | undefined {
    if (typeof fn === 'function') return fn;
    try {
      const { local } = BaseVerbs.launcherOf('agent', this.self, false);
      return local.foreignFunctions.take('agent', fn.source) as (state: State) => unknown;
    } catch (error) {
      refused(errorToData(error));
      return undefined;
    }
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

/** Whether a request has a function for the value of an agent: a peer may send anything. */
function isOnValue(request: unknown, types: readonly unknown[]): boolean {
  const { type, fn } = (request ?? {}) as { readonly type?: unknown; readonly fn?: unknown };
  const { source } = (fn ?? {}) as { readonly source?: unknown };
  return types.includes(type) && (typeof fn === 'function' || typeof source === 'string');
}
