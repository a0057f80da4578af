import { BadArgumentError } from '../../terms/errors';
import { isPid, type Pid } from '../../terms/pid';
import type { Call } from '../../terms/protocol';
import type { Self } from '../../node/node';
import type { Ignore } from '../gen-server/call-result';
import type { StartSpec } from '../supervisor/child-spec';
import type { ChildCounts, ChildInfo, ChildReply } from '../supervisor/supervisor-protocol';

/**
 * A child of a dynamic supervisor. Its id is for reports alone, and may be that of others. Its start function gets
 * what the supervisor was given as `extraArguments` behind `parent`.
 */
export type DynamicSpec<Extra extends readonly unknown[] = []> = Omit<StartSpec, 'start'> & {
  readonly start: (parent: Self, ...extra: Extra) => Pid | Ignore | Promise<Pid | Ignore>;
};

/** The requests a dynamic supervisor answers. */
export type DynamicCall =
  | Call<{ type: 'whichChildren' }, ChildInfo[]>
  | Call<{ type: 'countChildren' }, ChildCounts>
  | Call<{ type: 'startChild'; spec: StartSpec }, ChildReply>
  | Call<{ type: 'terminateChild'; pid: Pid }, ChildReply>;

/** Checks at the door what names a child of a dynamic supervisor. */
export function checkChildPid(call: string, pid: unknown): Pid {
  if (isPid(pid)) return pid;
  throw new BadArgumentError({ call, expected: 'the pid of a child', got: pid });
}

/** What a dynamic supervisor tells itself: to try again to restart the child that had this pid. */
export interface TryChildAgain {
  readonly type: '$tryAgain';
  readonly pid: Pid;
}
