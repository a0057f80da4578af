import { z } from '#zod';
import type { ServerRef } from '../../terms/address';
import { BadArgumentError } from '../../terms/errors';
import { checkFunction } from '../../terms/executable';
import type { ExitReason } from '../../terms/exit-reason';
import { functionSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { CallOptions, Verbs } from '../../node/verbs/verbs';
import { changeCode } from './change-code';
import { defaultKeptEvents } from './event-log';
import type { DebugFunction, Statistics } from './observation';
import { askServer } from './ask-server';
import { upgrade } from './upgrade';
import type { SystemEvent } from '../../terms/system-event';
import type { Replaced, SystemStatus } from './system-requests';

/**
 * The state of a server: its own fields; of an agent its value; of a supervisor its settings and children. On the node
 * of the server these are the server's own values, not copies. For debugging. OTP: `sys:get_state/2`.
 * @param options.timeoutMs milliseconds, default 5,000
 * @throws CallTimeoutError, ServerExitError, NodeDownError; NoProcessError, NotServerError
 * @throws RemoteError, with an `ERR_UNSENDABLE` as its cause, if the server is on another node and its state cannot
 * travel
 */
function getState<S>(on: Verbs, server: ServerRef<S>, options?: CallOptions): Promise<unknown> {
  return askServer(on, server, { type: '$getState' }, options);
}

/**
 * Replaces the state of a server by what a function makes of it: its fields are then those of the result, and no
 * others. Only on the node of the server: functions do not travel. For debugging. OTP: `sys:replace_state/3`.
 * @param change executed in the server, not async; if it throws, the state stays and its error is the caller's
 * @param options.timeoutMs milliseconds, default 5,000
 * @returns the new state
 * @throws CallTimeoutError, ServerExitError (it may be replaced all the same); NoProcessError, NotServerError,
 * BadArgumentError
 * @throws UnsendableError if the server is on another node
 */
async function replaceState<S>(
  on: Verbs,
  server: ServerRef<S>,
  change: (state: never) => unknown,
  options?: CallOptions,
): Promise<unknown> {
  checkFunction('replaceState', change);
  const request = { type: '$replaceState', change: change as (state: unknown) => unknown } as const;
  const replaced = (await askServer(on, server, request, options)) as Replaced;
  if (replaced.kind === 'threw') throw replaced.error;
  return replaced.state;
}

/**
 * What a server is and how it is; its state as its `formatStatus` shows it. OTP: `sys:get_status/2`.
 * @param options.timeoutMs milliseconds, default 5,000
 * @throws CallTimeoutError, ServerExitError, NodeDownError; NoProcessError, NotServerError
 */
function getStatus<S>(on: Verbs, server: ServerRef<S>, options?: CallOptions): Promise<SystemStatus> {
  return askServer(on, server, { type: '$getStatus' }, options) as Promise<SystemStatus>;
}

/**
 * Suspends a server: from now on it handles requests of this module, `stopServer` and the exit of who started it;
 * everything else waits, in order. Suspending it again changes nothing. OTP: `sys:suspend/2`.
 * @param options.timeoutMs milliseconds, default 5,000
 * @throws CallTimeoutError, ServerExitError, NodeDownError: it may be done all the same
 * @throws NoProcessError, NotServerError: it is not
 */
async function suspend<S>(on: Verbs, server: ServerRef<S>, options?: CallOptions): Promise<void> {
  await askServer(on, server, { type: '$suspend' }, options);
}

/**
 * Lets a suspended server go on with what waits; without effect on one that runs. OTP: `sys:resume/2`.
 * @param options.timeoutMs milliseconds, default 5,000
 * @throws CallTimeoutError, ServerExitError, NodeDownError: it may be done all the same
 * @throws NoProcessError, NotServerError: it is not
 */
async function resume<S>(on: Verbs, server: ServerRef<S>, options?: CallOptions): Promise<void> {
  await askServer(on, server, { type: '$resume' }, options);
}

/**
 * Counts the messages of a server, from now (`true`) or no more (`false`), or tells what was counted (`'get'`).
 * OTP: `sys:statistics/3`.
 * @param options.timeoutMs milliseconds, default 5,000
 * @returns for `'get'` what was counted; `undefined` if nothing is
 * @throws CallTimeoutError, ServerExitError, NodeDownError: it may be done all the same
 * @throws NoProcessError, NotServerError: it is not
 * @throws BadArgumentError for another flag
 */
function statistics<S>(
  on: Verbs,
  server: ServerRef<S>,
  flag: 'get',
  options?: CallOptions,
): Promise<Statistics | undefined>;
/** As above, to begin (`true`) or to end (`false`) it. */
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
  const result = await askServer(on, server, { type: '$statistics', flag }, options);
  return flag === 'get' ? (result as Statistics | undefined) : undefined;
}

/**
 * Logs every message of a server and every reply, from now (`true`) or no more (`false`). OTP: `sys:trace/3`.
 * @param options.timeoutMs milliseconds, default 5,000
 * @throws CallTimeoutError, ServerExitError, NodeDownError: it may be done all the same
 * @throws NoProcessError, NotServerError: it is not
 * @throws BadArgumentError for another flag
 */
async function trace<S>(
  on: Verbs,
  server: ServerRef<S>,
  flag: boolean,
  options?: CallOptions,
): Promise<void> {
  if (typeof (flag as unknown) !== 'boolean')
    throw new BadArgumentError({ call: 'trace', expected: 'true or false', got: flag });
  await askServer(on, server, { type: '$trace', flag }, options);
}

/**
 * Keeps the last events of a server, or tells them. OTP: `sys:log/3`.
 * @param flag `true` keeps the last 10, `{ keep }` as many, `false` none; `'print'` writes them into the log of the
 * server's node; `'get'` tells them
 * @param options.timeoutMs milliseconds, default 5,000
 * @returns for `'get'` the events, the oldest first: none if none are kept
 * @throws CallTimeoutError, ServerExitError, NodeDownError: it may be done all the same
 * @throws NoProcessError, NotServerError: it is not
 * @throws BadArgumentError for another flag
 */
function log<S>(on: Verbs, server: ServerRef<S>, flag: 'get', options?: CallOptions): Promise<SystemEvent[]>;
/** As above, to begin, to end, or to print it. */
function log<S>(
  on: Verbs,
  server: ServerRef<S>,
  flag: boolean | 'print' | { readonly keep: number },
  options?: CallOptions,
): Promise<undefined>;
async function log<S>(
  on: Verbs,
  server: ServerRef<S>,
  flag: boolean | 'print' | 'get' | { readonly keep: number },
  options?: CallOptions,
): Promise<SystemEvent[] | undefined> {
  const result = await askServer(on, server, { type: '$log', flag: logFlag(flag) }, options);
  return flag === 'get' ? (result as SystemEvent[]) : undefined;
}

function logFlag(flag: unknown): number | 'get' | 'print' {
  if (typeof flag === 'boolean') return flag ? defaultKeptEvents : 0;
  const kept = (flag as { readonly keep?: unknown } | null | undefined)?.keep;
  if (Number.isInteger(kept) && (kept as number) > 0) return kept as number;
  if (flag === 'get' || flag === 'print') return flag;
  const expected = "true, false, 'get', 'print', or { keep } with a whole number above 0";
  throw new BadArgumentError({ call: 'log', expected, got: flag });
}

const debugSchema = z.strictObject({
  fn: functionSchema(),
  state: z.unknown().optional(),
  id: z.unknown().optional(),
});

/**
 * Shows every event of a server to a function, which keeps a state of its own. Only on the node of the server: functions
 * do not travel. A function of an id that is installed stays as it is. OTP: `sys:install/3`.
 * @param debug.id by which it is removed; default: the function
 * @param options.timeoutMs milliseconds, default 5,000
 * @throws CallTimeoutError, ServerExitError (it may be installed all the same); NoProcessError, NotServerError
 * @throws UnsendableError if the server is on another node; BadArgumentError
 */
async function install<S, State>(
  on: Verbs,
  server: ServerRef<S>,
  debug: { readonly fn: DebugFunction<State>; readonly state: State; readonly id?: unknown },
  options?: CallOptions,
): Promise<void> {
  checkOptions('install', debugSchema, debug);
  const { fn, state, id = fn } = debug;
  await askServer(on, server, { type: '$install', id, fn: fn as unknown as DebugFunction, state }, options);
}

/**
 * Takes away what `install` installed; without effect if there is none of that id. OTP: `sys:remove/3`.
 * @param options.timeoutMs milliseconds, default 5,000
 * @throws CallTimeoutError, ServerExitError, NodeDownError: it may be done all the same
 * @throws NoProcessError, NotServerError: it is not
 */
async function remove<S>(on: Verbs, server: ServerRef<S>, id: unknown, options?: CallOptions): Promise<void> {
  await askServer(on, server, { type: '$remove', id }, options);
}

/**
 * Ends all of it: statistics, trace, log, and functions that were installed. OTP: `sys:no_debug/2`.
 * @param options.timeoutMs milliseconds, default 5,000
 * @throws CallTimeoutError, ServerExitError, NodeDownError: it may be done all the same
 * @throws NoProcessError, NotServerError: it is not
 */
async function noDebug<S>(on: Verbs, server: ServerRef<S>, options?: CallOptions): Promise<void> {
  await askServer(on, server, { type: '$noDebug' }, options);
}

/**
 * Orders a server to end, suspended or not: its `terminate` is called. Does not wait for its end, as `stopServer` does.
 * OTP: `sys:terminate/3`.
 * @param options.timeoutMs milliseconds, default 5,000
 * @throws CallTimeoutError, ServerExitError, NodeDownError: it may be done all the same
 * @throws NoProcessError, NotServerError: it is not
 */
async function terminate<S>(
  on: Verbs,
  server: ServerRef<S>,
  reason: ExitReason,
  options?: CallOptions,
): Promise<void> {
  await askServer(on, server, { type: '$terminate', reason }, options);
}

/**
 * Looks into servers and steers them, whatever they serve: for debugging and operations. Servers, supervisors, agents
 * and all else that is built on GenServer answer, on this node and on others. A request waits for the messages before
 * it, and for the callback that runs. It fails as a call does: after 5,000 ms unless `options.timeoutMs` says otherwise;
 * and at once with NoProcessError if there is no such process, NotServerError if it is no server, CallingSelfError if a
 * server asks itself, BadArgumentError if an argument is wrong. OTP: `sys`.
 */
export const sys = Object.freeze({
  ...{ getState, replaceState, getStatus },
  ...{ suspend, resume, terminate, changeCode, upgrade },
  ...{ statistics, trace, log, install, remove, noDebug },
});
