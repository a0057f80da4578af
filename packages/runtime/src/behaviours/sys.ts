import type { ServerRef } from '../terms/address';
import { BadArgumentError } from '../terms/errors';
import type { CallOptions, Verbs } from '../node/verbs';
import type { Statistics } from './observed-server';
import type { SystemRequest } from './system-request';
import type { Replaced, SystemStatus } from './system-requests';

/*
 * What tools ask of a server itself: servers, supervisors, agents and all else that is built on GenServer answer, on
 * this node and on others. A request waits for the messages before it, and for the callback that runs. It fails as a
 * call does, after 5,000 ms unless `options.timeoutMs` says otherwise.
 */

/**
 * The state of a server: its own fields; of an agent its value; of a supervisor its settings and children. On the node
 * of the server these are the server's own values, not copies. For debugging. OTP: `sys:get_state/2`.
 * @throws RemoteError, with an `ERR_UNSENDABLE` as its cause, if the server is on another node and its state cannot
 * travel
 */
function getState<S>(on: Verbs, server: ServerRef<S>, options?: CallOptions): Promise<unknown> {
  return ask(on, server, { type: '$getState' }, options);
}

/**
 * Replaces the state of a server by what a function makes of it: its fields are then those of the result, and no
 * others. Only on the node of the server: functions do not travel. For debugging. OTP: `sys:replace_state/3`.
 * @param change executed in the server, not async; if it throws, the state stays and its error is the caller's
 * @returns the new state
 * @throws UnsendableError if the server is on another node
 */
async function replaceState<S>(
  on: Verbs,
  server: ServerRef<S>,
  change: (state: never) => unknown,
  options?: CallOptions,
): Promise<unknown> {
  if (typeof (change as unknown) !== 'function')
    throw new BadArgumentError({ call: 'replaceState', expected: 'a function', got: change });
  const request = { type: '$replaceState', change: change as (state: unknown) => unknown } as const;
  const replaced = (await ask(on, server, request, options)) as Replaced;
  if (replaced.kind === 'threw') throw replaced.error;
  return replaced.state;
}

/** What a server is and how it is; its state as its `formatStatus` shows it. OTP: `sys:get_status/2`. */
function getStatus<S>(on: Verbs, server: ServerRef<S>, options?: CallOptions): Promise<SystemStatus> {
  return ask(on, server, { type: '$getStatus' }, options) as Promise<SystemStatus>;
}

/**
 * Suspends a server: from now on it handles requests of this module, `stopServer` and the exit of who started it;
 * everything else waits, in order. Suspending it again changes nothing. OTP: `sys:suspend/2`.
 */
async function suspend<S>(on: Verbs, server: ServerRef<S>, options?: CallOptions): Promise<void> {
  await ask(on, server, { type: '$suspend' }, options);
}

/** Lets a suspended server go on with what waits; without effect on one that runs. OTP: `sys:resume/2`. */
async function resume<S>(on: Verbs, server: ServerRef<S>, options?: CallOptions): Promise<void> {
  await ask(on, server, { type: '$resume' }, options);
}

/**
 * Counts the messages of a server, from now (`true`) or no more (`false`), or tells what was counted (`'get'`).
 * OTP: `sys:statistics/3`.
 * @returns for `'get'` what was counted; `undefined` if nothing is
 */
function statistics<S>(
  on: Verbs,
  server: ServerRef<S>,
  flag: 'get',
  options?: CallOptions,
): Promise<Statistics | undefined>;
function statistics<S>(
  on: Verbs,
  server: ServerRef<S>,
  flag: boolean,
  options?: CallOptions,
): Promise<undefined>;
async function statistics<S>(
  on: Verbs,
  server: ServerRef<S>,
  flag: boolean | 'get',
  options?: CallOptions,
): Promise<Statistics | undefined> {
  if (flag !== 'get' && typeof (flag as unknown) !== 'boolean')
    throw new BadArgumentError({ call: 'statistics', expected: "true, false or 'get'", got: flag });
  const result = await ask(on, server, { type: '$statistics', flag }, options);
  return flag === 'get' ? (result as Statistics | undefined) : undefined;
}

/** Logs every message of a server and every reply, from now (`true`) or no more (`false`). OTP: `sys:trace/3`. */
async function trace<S>(
  on: Verbs,
  server: ServerRef<S>,
  flag: boolean,
  options?: CallOptions,
): Promise<void> {
  if (typeof (flag as unknown) !== 'boolean')
    throw new BadArgumentError({ call: 'trace', expected: 'true or false', got: flag });
  await ask(on, server, { type: '$trace', flag }, options);
}

function ask<S>(
  on: Verbs,
  server: ServerRef<S>,
  request: SystemRequest,
  options: CallOptions | undefined,
): Promise<unknown> {
  return on.call<unknown, never>(server, request as never, options);
}

/** Looks into servers and steers them, whatever they serve: for debugging and operations. OTP: `sys`. */
export const sys = Object.freeze({ getState, replaceState, getStatus, suspend, resume, statistics, trace });
