import type { ServerPid } from '../../terms/address';
import type { AnySelf, Node } from '../../node/node';
import type { ChildSpec } from '../supervisor/child-spec';
import { DynamicSupervisor } from './dynamic-supervisor';
import { checkDynamicSupervision, type DynamicSupervisorOptions } from './dynamic-supervisor-options';
import {
  launchSupervisor,
  splitOptions,
  supervisorChild,
  type SupervisedOptions,
} from '../supervisor/launch-supervisor';

/**
 * Starts a dynamic supervisor, with no children. OTP: Elixir's `DynamicSupervisor.start_link/1`.
 * @param on a process, to link the supervisor to it; or a node, which then stops the supervisor and its children when
 * it stops itself
 * @returns its pid
 * @throws NameTakenError, BadArgumentError
 */
export async function startDynamicSupervisor<Extra extends readonly unknown[] = []>(
  on: Node | AnySelf,
  options: DynamicSupervisorOptions<Extra> = {},
): Promise<ServerPid<DynamicSupervisor<Extra>>> {
  const call = 'startDynamicSupervisor';
  const args = checkDynamicSupervision(call, options);
  return launchSupervisor(call, on, DynamicSupervisor, { args, name: options.name });
}

/**
 * Says how a supervisor keeps a dynamic one as its child; its `shutdownMs` is `Infinity` by default.
 * @throws BadArgumentError if an option is wrong
 */
export function dynamicSupervisorSpec<Extra extends readonly unknown[] = []>(
  options: SupervisedOptions<DynamicSupervisorOptions<Extra>>,
): ChildSpec {
  const [kept, supervision] = splitOptions<DynamicSupervisorOptions<Extra>>('dynamicSupervisorSpec', options);
  const call = `dynamicSupervisorSpec '${kept.id}'`;
  checkDynamicSupervision(call, supervision);
  return supervisorChild(call, kept, (parent) => startDynamicSupervisor(parent, supervision));
}
