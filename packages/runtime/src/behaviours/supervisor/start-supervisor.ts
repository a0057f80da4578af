import type { ServerPid } from '../../terms/address';
import type { AnySelf, Node } from '../../node/node';
import type { ChildSpec } from './child-spec';
import { launchSupervisor, splitOptions, supervisorChild, type SupervisedOptions } from './launch-supervisor';
import { Supervisor } from './supervisor';
import { checkSupervision, type SupervisorOptions } from './supervisor-options';

/**
 * Starts a supervisor and its children in order, each when the one before has started. OTP: `supervisor:start_link/2`.
 * @param on a process, to link the supervisor to it; or a node, which then stops the supervisor and all below in order
 * when it stops itself
 * @returns its pid, when every child has started
 * @throws BadArgumentError if an option or a child spec is wrong: nothing was started
 * @throws StartError if a child did not start, with `reason` `{ type: 'shutdown', detail: { type: 'failedToStartChild', id,
 * reason } }`: those before it were stopped in reverse order
 */
export async function startSupervisor(
  on: Node | AnySelf,
  options: SupervisorOptions,
): Promise<ServerPid<Supervisor>> {
  const args = checkSupervision('startSupervisor', options);
  return launchSupervisor('startSupervisor', on, Supervisor, { args, name: options.name });
}

/**
 * Says how a supervisor keeps another as its child: how that one is started, and how it is kept. Its `shutdownMs` is
 * `Infinity` by default, so that everything below it can end in order.
 * @throws BadArgumentError if an option or a child spec is wrong
 */
export function supervisorSpec(options: SupervisedOptions<SupervisorOptions>): ChildSpec {
  const [kept, supervision] = splitOptions<SupervisorOptions>('supervisorSpec', options);
  const call = `supervisorSpec '${kept.id}'`;
  checkSupervision(call, supervision);
  return supervisorChild(call, kept, (parent) => startSupervisor(parent, supervision));
}
