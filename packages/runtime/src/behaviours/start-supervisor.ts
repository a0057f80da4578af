import type { ServerPid } from '../terms/address';
import { BaseVerbs } from '../node/base-verbs';
import type { Node, Self } from '../node/node';
import { stopWithNode } from '../node/stop-hook';
import { checkSpec, type ChildOptions, type ChildSpec } from './child-spec';
import { startServer } from './start-server';
import { stopServer } from './stop-request';
import { Supervisor } from './supervisor';
import { checkSupervision, type SupervisorOptions } from './supervisor-options';

/**
 * Starts a supervisor and its children in order, each when the one before has started. OTP: `supervisor:start_link/2`.
 * @param on a process, to link the supervisor to it; or a node, which then stops the supervisor and all below in order
 * when it stops itself
 * @returns its pid, when every child has started
 * @throws BadArgumentError if an option or a child spec is wrong: nothing was started
 * @throws StartError if a child did not start, with `reason` `{ type: 'failedToStartChild', id, reason }`: those before
 * it were stopped in reverse order
 */
export async function startSupervisor(
  on: Node | Self,
  options: SupervisorOptions,
): Promise<ServerPid<Supervisor>> {
  const args = checkSupervision('startSupervisor', options);
  const launcher = BaseVerbs.launcherOf('startSupervisor', on, true);
  const { name } = options;
  const started = startServer(launcher, Supervisor, name === undefined ? { args } : { args, name });
  if (launcher.starter === null) {
    const { local } = launcher;
    stopWithNode(local, started, (pid) => stopServer(local.node, pid, { reason: 'shutdown' }));
  }
  return started;
}

/**
 * Says how a supervisor keeps another as its child: how that one is started, and how it is kept. Its `shutdownMs` is
 * `Infinity` by default, so that everything below it can end in order.
 * @throws BadArgumentError if an option or a child spec is wrong
 */
export function supervisorSpec(
  options: SupervisorOptions & Omit<ChildOptions, 'id'> & { readonly id: string },
): ChildSpec {
  const { id, restart, shutdownMs, significant, ...supervision } = options;
  const call = `supervisorSpec '${id}'`;
  checkSupervision(call, supervision);
  return checkSpec(call, {
    id,
    type: 'supervisor',
    start: (parent: Self) => startSupervisor(parent, supervision),
    ...(restart === undefined ? {} : { restart }),
    ...(shutdownMs === undefined ? {} : { shutdownMs }),
    ...(significant === undefined ? {} : { significant }),
  });
}
