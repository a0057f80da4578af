import type { From } from '../../terms/from';
import { BadArgumentError } from '../../terms/errors';
import type { MailboxInfo } from '../../terms/mailbox-options';
import type { Pid } from '../../terms/pid';
import { isPromise } from '../../terms/promise';
import type { Statistics } from './observation';
import { performCodeChange, type CodeChanged } from './perform-code-change';
import { handleObservationRequest } from './observation-requests';
import { keptEvents, observationOf, unobserved } from './observed-server';
import type { Served } from '../gen-server/served';
import { replaceStateOf, shownStatus, stateOf } from '../gen-server/server-state';
import { refuseCall } from '../gen-server/refused-request';
import { Suspension } from './suspension';
import type { SystemEvent } from '../../terms/system-event';
import { isWellFormed, type SystemRequest } from './system-request';

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
  /** How many functions see its events. */
  readonly debugFunctions: number;
  /** Its last events, if `sys.log` was asked to keep them. */
  readonly log?: readonly SystemEvent[];
  /** How full its mailbox is, how full it may be, and what was not taken in. */
  readonly mailbox: MailboxInfo;
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
): void | Promise<void> {
  if (!isWellFormed(request)) {
    refuseCall(unobserved(served.server), request, from);
    return;
  }
  switch (request.type) {
    case '$stop':
    case '$terminate':
      // Whoever stops a server waits for its end, whoever terminates it does not.
      if (request.type === '$terminate') from.reply('ok');
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
    case '$changeCode':
      if (suspension !== null) return performCodeChange(served, request.change, from);
      from.reply({ kind: 'notSuspended' } satisfies CodeChanged);
      return;
    default:
      from.reply(answer(served, request, suspension !== null));
      return;
  }
  from.reply('ok');
}

type Question = Exclude<
  SystemRequest,
  { readonly type: '$stop' | '$terminate' | '$suspend' | '$resume' | '$changeCode' }
>;

function answer(served: Served, request: Question, isSuspended: boolean): unknown {
  switch (request.type) {
    case '$replaceState':
      return replaceState(served, request.change);
    case '$getStatus':
      return statusOf(served, isSuspended);
    case '$getState':
      return stateOf(unobserved(served.server));
    default:
      return handleObservationRequest(served, request);
  }
}

function suspend(served: Served): void {
  const suspension: Suspension = new Suspension(served, (request, from) =>
    handleSystemRequest(served, request, from, suspension),
  );
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

function statusOf(served: Served, isSuspended: boolean): SystemStatus {
  const { process, parent } = served;
  const server = unobserved(served.server);
  const observation = observationOf(served.server);
  const { state, log } = shownStatus(server, { state: stateOf(server), ...keptEvents(served.server) });
  return {
    pid: process.pid,
    module: served.module,
    name: process.name ?? process.label ?? undefined,
    parent: parent ?? undefined,
    status: isSuspended ? 'suspended' : 'running',
    statistics: observation?.statistics,
    isTraced: observation?.traces ?? false,
    debugFunctions: observation?.installed.length ?? 0,
    ...(log === undefined ? {} : { log }),
    mailbox: process.mailboxInfo,
    state,
  };
}
