import type { ServerRef } from '../../terms/address';
import { passByReference } from '../../terms/isolation';
import type { Pid } from '../../terms/pid';
import type { Verbs } from '../../node/verbs/verbs';
import type { StartSpec } from '../supervisor/child-spec';
import { checkChildPid, type DynamicSpec } from './dynamic-supervisor-protocol';
import { checkDynamicSpec, DynamicSupervisorServer } from './dynamic-supervisor-server';
import { pidOf, type ChildCounts, type ChildInfo } from '../supervisor/supervisor-protocol';

/** The key of the extra arguments' types, for the compiler only. */
declare const extra: unique symbol;

/**
 * A supervisor that starts with no children: they are started on demand, in any number, known by their pids, and
 * stopped all at once when it ends; started by `startDynamicSupervisor`. OTP: Elixir's `DynamicSupervisor`, `supervisor`
 * with `simple_one_for_one`.
 * @typeParam Extra what the start functions of the children get behind `parent`
 */
// `Extra` is told by a declared field, and read by inference.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export class DynamicSupervisor<Extra extends readonly unknown[] = []> extends DynamicSupervisorServer {
  declare readonly [extra]?: Extra;

  /**
   * Starts a child; one that does not start is not kept, nor one whose `init` says `ignore()`. Only on the node of the
   * supervisor: a spec holds a function. Waits until it has started or failed, however long that takes. OTP:
   * `DynamicSupervisor.start_child/2`.
   * @returns its pid; `undefined` if its `init` said `ignore()`
   * @throws BadArgumentError if the spec is wrong; NoProcessError, UnsendableError: nothing was started
   * @throws StartError if it did not start; ChildError `maxChildren` if there are as many as there may be
   * @throws ServerExitError if the supervisor ends meanwhile, and the child with it
   */
  static async startChild<Extra extends readonly unknown[]>(
    on: Verbs,
    supervisor: ServerRef<DynamicSupervisor<Extra>>,
    spec: DynamicSpec<Extra>,
  ): Promise<Pid | undefined> {
    const checked = checkDynamicSpec(spec as unknown as StartSpec);
    const request = passByReference({ type: 'startChild', spec: checked } as const);
    return pidOf('startChild', checked.id, await on.call(plain(supervisor), request, forever));
  }

  /**
   * Stops a child as at shutdown, and forgets it. Waits until it has ended, however long that takes. OTP:
   * `DynamicSupervisor.terminate_child/2`.
   * @param pid its pid; of one that is being restarted, the one it had last
   * @throws BadArgumentError if it is no pid
   * @throws ChildError if there is no such child; NoProcessError if there is no supervisor
   * @throws ServerExitError, NodeDownError if it ends or its node is lost (the child may have ended)
   */
  static async terminateChild<Extra extends readonly unknown[]>(
    on: Verbs,
    supervisor: ServerRef<DynamicSupervisor<Extra>>,
    pid: Pid,
  ): Promise<void> {
    const request = { type: 'terminateChild', pid: checkChildPid('terminateChild', pid) } as const;
    pidOf('terminateChild', pid, await on.call(plain(supervisor), request, forever));
  }

  /**
   * The children, in no order that is promised. Waits for as long as the supervisor lives. OTP:
   * `DynamicSupervisor.which_children/1`.
   * @throws NoProcessError if there is none; ServerExitError, NodeDownError if it ends or its node is lost
   */
  static whichChildren<Extra extends readonly unknown[]>(
    on: Verbs,
    supervisor: ServerRef<DynamicSupervisor<Extra>>,
  ): Promise<ChildInfo[]> {
    return on.call(plain(supervisor), { type: 'whichChildren' }, forever);
  }

  /**
   * How many children there are, and of which kind. Waits for as long as the supervisor lives. OTP:
   * `DynamicSupervisor.count_children/1`.
   * @throws NoProcessError, ServerExitError, NodeDownError as `whichChildren`
   */
  static countChildren<Extra extends readonly unknown[]>(
    on: Verbs,
    supervisor: ServerRef<DynamicSupervisor<Extra>>,
  ): Promise<ChildCounts> {
    return on.call(plain(supervisor), { type: 'countChildren' }, forever);
  }
}

const forever = { timeoutMs: Infinity } as const;

/** The protocol is the same, whatever the extra arguments. */
function plain<Extra extends readonly unknown[]>(
  supervisor: ServerRef<DynamicSupervisor<Extra>>,
): ServerRef<DynamicSupervisor> {
  return supervisor as ServerRef<unknown> as ServerRef<DynamicSupervisor>;
}
