import type { ServerPid } from '../../terms/address';
import type { AnySelf, Node } from '../../node/node';
import type { ChildSpec } from '../supervisor/child-spec';
import {
  checkDynamicSupervision,
  type DynamicSupervisorOptions,
} from '../dynamic-supervisor/dynamic-supervisor-options';
import {
  launchSupervisor,
  splitOptions,
  supervisorChild,
  type SupervisedOptions,
} from '../supervisor/launch-supervisor';
import { TaskSupervisor } from './task-supervisor';

/** How a task supervisor is started. */
export type TaskSupervisorOptions = Pick<DynamicSupervisorOptions, 'name' | 'intensity' | 'maxChildren'>;

/**
 * Starts a task supervisor. OTP: Elixir's `Task.Supervisor.start_link/1`.
 * @param on a process, to link the supervisor to it; or a node, which then stops the supervisor and its tasks when it
 * stops itself
 * @returns its pid
 * @throws NameTakenError, BadArgumentError
 */
export async function startTaskSupervisor(
  on: Node | AnySelf,
  options: TaskSupervisorOptions = {},
): Promise<ServerPid<TaskSupervisor>> {
  const call = 'startTaskSupervisor';
  const args = checkDynamicSupervision(call, options);
  return launchSupervisor(call, on, TaskSupervisor, { args, name: options.name });
}

/**
 * Says how a supervisor keeps a task supervisor as its child; its `shutdownMs` is `Infinity` by default.
 * @throws BadArgumentError if an option is wrong
 */
export function taskSupervisorSpec(options: SupervisedOptions<TaskSupervisorOptions>): ChildSpec {
  const [kept, supervision] = splitOptions<TaskSupervisorOptions>('taskSupervisorSpec', options);
  const call = `taskSupervisorSpec '${kept.id}'`;
  checkDynamicSupervision(call, supervision);
  return supervisorChild(call, kept, (parent) => startTaskSupervisor(parent, supervision));
}
