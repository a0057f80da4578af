import { checkFunction } from '../../terms/executable';
import type { Pid } from '../../terms/pid';
import type { Self } from '../../node/node';
import {
  checkSpec,
  splitSpawnOptions,
  type ChildSpec,
  type ProcessChildOptions,
} from '../supervisor/child-spec';
import { type TaskFunction } from './task-run';

/**
 * Says how a supervisor keeps a function as its child: executed in a process of its own, once unless told otherwise.
 * OTP: the child spec `{Task, fun}` of Elixir.
 * @param options.id default `'Task'`
 * @param options.restart default `'temporary'`
 * @param options.mailbox how many messages may wait for it, and what happens to one more. Default: any number
 * @throws BadArgumentError if an option is wrong
 */
export function taskSpec(fn: TaskFunction<unknown>, options: ProcessChildOptions = {}): ChildSpec {
  checkFunction('taskSpec', fn);
  const [spawning, kept] = splitSpawnOptions('taskSpec', options);
  const start = (parent: Self): Pid => parent.spawnLink(fn, spawning);
  return checkSpec('taskSpec', { id: 'Task', restart: 'temporary', ...kept, start });
}
