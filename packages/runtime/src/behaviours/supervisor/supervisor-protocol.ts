import { ChildError, StartError, type ChildFault } from '../../terms/errors';
import type { ExitReason } from '../../terms/exit-reason';
import type { Pid } from '../../terms/pid';
import type { Call } from '../../terms/protocol';
import type { ChildSpecData, StartSpec } from './child-spec';

/** A child as `whichChildren` tells of it. */
export interface ChildInfo {
  readonly id: string;
  /** Its process; `'restarting'` while its restart is being tried again; `undefined` if it does not run. */
  readonly pid: Pid | 'restarting' | undefined;
  readonly type: 'worker' | 'supervisor';
}

/** What `countChildren` counts. */
export interface ChildCounts {
  /** All children, running or not. */
  readonly specs: number;
  /** Those whose process lives. */
  readonly active: number;
  /** Those whose `type` says so, running or not. */
  readonly supervisors: number;
  /** All others. */
  readonly workers: number;
}

/** How a request about a child ends. Plain data, because the one who asks may be on another node. */
export type ChildReply =
  | { readonly kind: 'done'; readonly pid?: Pid }
  | { readonly kind: 'failed'; readonly reason: ExitReason }
  | { readonly kind: 'refused'; readonly fault: ChildFault; readonly pid?: Pid };

/**
 * What the one who asked gets of a reply.
 * @throws StartError, ChildError
 */
export function pidOf(call: string, id: string, outcome: ChildReply): Pid | undefined {
  const what = `${call} '${id}'`;
  switch (outcome.kind) {
    case 'done':
      return outcome.pid;
    case 'failed':
      throw new StartError(what, outcome.reason);
    case 'refused':
      throw new ChildError(what, outcome.fault, outcome.pid);
  }
}

/** The requests a supervisor answers. */
export type SupervisorCall =
  | Call<{ type: 'whichChildren' }, ChildInfo[]>
  | Call<{ type: 'countChildren' }, ChildCounts>
  | Call<{ type: 'getChildSpec'; id: string }, ChildSpecData | undefined>
  | Call<{ type: 'startChild'; spec: StartSpec }, ChildReply>
  | Call<{ type: 'restartChild'; id: string }, ChildReply>
  | Call<{ type: 'terminateChild'; id: string }, ChildReply>
  | Call<{ type: 'deleteChild'; id: string }, ChildReply>;

/** What a supervisor tells itself: to try again to restart a child, once it has served others. */
export interface TryAgain {
  readonly type: '$tryAgain';
  readonly id: string;
  /** Which failure it follows: what happened to the child since then may have made another of it. */
  readonly failure: number;
}

/** Whether a request can be one: a caller may have no types. */
export function isRequest(request: unknown): boolean {
  return typeof request === 'object' && request !== null;
}

/** Whether a cast is what a supervisor tells itself. */
export function isTryAgain(request: { readonly type: '$tryAgain' }): boolean {
  return isRequest(request) && (request.type as unknown) === '$tryAgain';
}
