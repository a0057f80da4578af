import type { Pid } from '../terms/pid';
import type { Self } from '../node/node';
import { checkSpec, type ChildOptions, type ChildSpec } from './child-spec';
import { checkTaskFunction, type TaskFunction } from './task-run';

/**
 * Says how a supervisor keeps a function as its child: executed in a process of its own, once unless told otherwise.
 * OTP: the child spec `{Task, fun}` of Elixir.
 * @param options.id default `'Task'`
 * @param options.restart default `'temporary'`
 * @throws BadArgumentError if an option is wrong
 */
export function taskSpec(fn: TaskFunction<unknown>, options: ChildOptions = {}): ChildSpec {
  checkTaskFunction('taskSpec', fn);
  const start = (parent: Self): Pid => parent.spawnLink(fn);
  return checkSpec('taskSpec', { id: 'Task', restart: 'temporary', ...options, start });
}
