import type { From } from '../terms/from';
import { BadArgumentError } from '../terms/errors';
import type { Pid } from '../terms/pid';
import { isPromise } from '../node/spawn';
import { ObservedServer, unobserved, type Statistics } from './observed-server';
import type { Served } from './served';
import { replaceStateOf, shownStatus, stateOf } from './server-state';
import { Suspension } from './suspension';
import type { SystemRequest } from './system-request';
import { nameOf } from './termination-report';

/** What `sys.getStatus` tells of a server. OTP: what `sys:get_status/1` returns. */
export interface SystemStatus {
  readonly pid: Pid;
  /** Its class. */
  readonly module: string;
  /** The name it is registered under on its node, or else its label. */
  readonly name: string | undefined;
  /** The process that started it, if it is linked to one. */
  readonly parent: Pid | undefined;
  readonly status: 'running' | 'suspended';
  /** What has been counted, if `sys.statistics` was asked to. */
  readonly statistics: Statistics | undefined;
  readonly isTraced: boolean;
  /** Its state, as its `formatStatus` shows it. */
  readonly state: unknown;
}

/** How `sys.replaceState` went: the function is the caller's own, so its error is as well. */
export type Replaced =
  { readonly kind: 'done'; readonly state: unknown } | { readonly kind: 'threw'; readonly error: unknown };

/** Does what is asked of a server itself; `suspension` has its process while it is suspended. */
export function handleSystemRequest(
  served: Served,
  request: SystemRequest,
  from: From,
  suspension: Suspension | null = null,
): void {
  switch (request.type) {
    case '$stop':
      suspension?.finish();
      served.terminate(request.reason);
      return;
    case '$suspend':
      if (suspension === null) suspend(served);
      break;
    case '$resume':
      suspension?.finish();
      if (suspension !== null) served.takeOver();
      break;
    default:
      from.reply(answer(served, request, suspension !== null));
      return;
  }
  from.reply('ok');
}

type Question = Exclude<SystemRequest, { readonly type: '$stop' | '$suspend' | '$resume' }>;

function answer(served: Served, request: Question, isSuspended: boolean): unknown {
  switch (request.type) {
    case '$replaceState':
      return replaceState(served, request.change);
    case '$statistics':
      return statistics(served, request.flag);
    case '$trace':
      return trace(served, request.flag);
    case '$getStatus':
      return statusOf(served, isSuspended);
    default:
      return stateOf(unobserved(served.server));
  }
}

function suspend(served: Served): void {
  const suspension: Suspension = new Suspension(served, (request, from) => {
    handleSystemRequest(served, request, from, suspension);
  });
  served.handOver(suspension);
}

function replaceState(served: Served, change: (state: unknown) => unknown): Replaced {
  const server = unobserved(served.server);
  try {
    const state = change(stateOf(server));
    if (isPromise(state)) {
      throw new BadArgumentError({
        call: 'replaceState',
        expected: 'a function that is not async',
        got: change,
      });
    }
    replaceStateOf(server, state);
    return { kind: 'done', state };
  } catch (error) {
    return { kind: 'threw', error };
  }
}

function statistics(served: Served, flag: boolean | 'get'): Statistics | 'ok' | undefined {
  if (flag === 'get') return observer(served)?.statistics;
  observe(served, (observed) => {
    observed.count(flag);
  });
  return 'ok';
}

function trace(served: Served, flag: boolean): 'ok' {
  observe(served, (observed) => {
    observed.traces = flag;
  });
  return 'ok';
}

function observer({ server }: Served): ObservedServer | undefined {
  return server instanceof ObservedServer ? server : undefined;
}

/** A server that is not observed any more is called without a detour again. */
function observe(served: Served, change: (observed: ObservedServer) => void): void {
  const observed =
    observer(served) ?? new ObservedServer(served.server, nameOf(served.process, served.server));
  change(observed);
  served.server = observed.counts || observed.traces ? observed : observed.server;
}

function statusOf(served: Served, isSuspended: boolean): SystemStatus {
  const { process, parent } = served;
  const server = unobserved(served.server);
  return {
    pid: process.pid,
    module: server.constructor.name,
    name: process.name ?? process.label ?? undefined,
    parent: parent ?? undefined,
    status: isSuspended ? 'suspended' : 'running',
    statistics: observer(served)?.statistics,
    isTraced: observer(served)?.traces ?? false,
    state: shownStatus(server, { state: stateOf(server) }).state,
  };
}
