import { BaseVerbs } from '../../node/verbs/base-verbs';
import type { ServerOptions } from '../../node/spawn/launch';
import type { AnySelf, Node } from '../../node/node';
import { stopWithNode } from '../../node/stop/stop-hook';
import { BadArgumentError } from '../../terms/errors';
import type { Pid } from '../../terms/pid';
import type { CallbacksClass } from '../gen-server/callbacks';
import { checkChildId, checkSpec, type ChildOptions, type ChildSpec, type StartSpec } from './child-spec';
import { startServer } from '../gen-server/start-server';
import { stopServer } from '../gen-server/stop-server';

/**
 * Starts a supervisor of any kind: linked to a process; or on a node, which then stops it, and all below, in order
 * when it stops itself.
 */
export function launchSupervisor<Args>(
  call: string,
  on: Node | AnySelf,
  Server: CallbacksClass,
  options: { readonly args: Args; readonly name: ServerOptions<Args>['name'] | undefined },
): Promise<Pid> {
  const launcher = BaseVerbs.launcherOf(call, on, true);
  const { args, name } = options;
  const started = startServer(launcher, Server, name === undefined ? { args } : { args, name });
  if (launcher.starter === null) {
    const { local } = launcher;
    stopWithNode(local, started, (pid) => stopServer(local.node, pid, { reason: 'shutdown' }));
  }
  return started;
}

/** Options of a supervisor below another: those of the supervisor, and how it is kept. */
export type SupervisedOptions<Options> = Options & Omit<ChildOptions, 'id'> & { readonly id: string };

/**
 * Splits the options of a supervisor below another into how it is kept and how it is started.
 * @throws BadArgumentError if they are no options
 */
export function splitOptions<Options>(
  call: string,
  options: SupervisedOptions<Options>,
): readonly [kept: ChildOptions & { readonly id: string }, starting: Omit<Options, keyof ChildOptions>] {
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null) {
    throw new BadArgumentError({ call, expected: 'options with an id', got: options });
  }
  checkChildId(call, options.id);
  const { id, restart, shutdownMs, significant, ...starting } = options;
  const kept = {
    id,
    ...(restart === undefined ? {} : { restart }),
    ...(shutdownMs === undefined ? {} : { shutdownMs }),
    ...(significant === undefined ? {} : { significant }),
  };
  return [kept, starting];
}

/** Says how a supervisor is kept by another. */
export function supervisorChild(
  call: string,
  kept: ChildOptions & { readonly id: string },
  start: StartSpec['start'],
): ChildSpec {
  return checkSpec(call, { ...kept, type: 'supervisor', start });
}
