import type { ServerRef } from '../../terms/address';
import { BadArgumentError } from '../../terms/errors';
import { checkFunction } from '../../terms/executable';
import { passByReference } from '../../terms/isolation';
import type { Pid } from '../../terms/pid';
import type { AnySelf, Node } from '../../node/node';
import type { SpawnOptions } from '../../node/spawn/spawn-options';
import type { Verbs } from '../../node/verbs/verbs';
import { ignore } from '../gen-server/call-result';
import {
  checkSpec,
  splitSpawnOptions,
  type ChildOptions,
  type ProcessChildOptions,
  type StartSpec,
} from '../supervisor/child-spec';
import { checkChildPid } from '../dynamic-supervisor/dynamic-supervisor-protocol';
import { DynamicSupervisorServer } from '../dynamic-supervisor/dynamic-supervisor-server';
import { pidOf } from '../supervisor/supervisor-protocol';
import { Task } from './task';
import { Waiter } from '../waiting/waiter';
import { TaskRun, type TaskFunction } from './task-run';
import { streamTasks, type AsyncStreamOptions, type StreamFunction, type StreamOutcome } from './task-stream';

/** How a task supervisor keeps a task. */
export type TaskChildOptions = Pick<ChildOptions, 'shutdownMs'>;
/** Options of a stream whose tasks are supervised. */
export type SupervisedStreamOptions = AsyncStreamOptions & TaskChildOptions;

/** A task supervisor: its pid or its name, on this node or another. */
export type TaskSupervisorRef = ServerRef<TaskSupervisor>;

/**
 * A supervisor of tasks: they are ended in order with it, and can be seen; started by `startTaskSupervisor`. It is on the
 * node of those who use it: functions do not travel. OTP: Elixir's `Task.Supervisor`.
 */
export class TaskSupervisor extends DynamicSupervisorServer {
  /**
   * Starts a task under the supervisor, linked to its owner. OTP: `Task.Supervisor.async/3`.
   * @param on the process that will await it, or the node
   * @param options.shutdownMs as in a child spec. Default 5,000
   * @throws ChildError `maxChildren`, NoProcessError, BadArgumentError, UnsendableError if the supervisor is on another
   *   node: nothing was started; ServerExitError if it ends meanwhile
   */
  static async async<Result>(
    on: Node | AnySelf,
    supervisor: TaskSupervisorRef,
    fn: TaskFunction<Result>,
    options: TaskChildOptions = {},
  ): Promise<Task<Awaited<Result>>> {
    return startTask({ call: 'TaskSupervisor.async', supervisor, options, link: true }, on, fn);
  }

  /**
   * As `async`, without a link: a failure of the task is told to its owner, and ends nothing else.
   * OTP: `Task.Supervisor.async_nolink/3`.
   * @throws as `async`
   */
  static async asyncNolink<Result>(
    on: Node | AnySelf,
    supervisor: TaskSupervisorRef,
    fn: TaskFunction<Result>,
    options: TaskChildOptions = {},
  ): Promise<Task<Awaited<Result>>> {
    return startTask({ call: 'TaskSupervisor.asyncNolink', supervisor, options, link: false }, on, fn);
  }

  /**
   * Starts a process under the supervisor for what it does, not for a result. OTP: `Task.Supervisor.start_child/3`.
   * @param options.restart default `'temporary'`
   * @param options.shutdownMs default 5,000
   * @param options.mailbox how many messages may wait for it, and what happens to one more. Default: any number
   * @returns its pid
   * @throws ChildError `maxChildren`, NoProcessError, BadArgumentError, UnsendableError as `async`; ServerExitError
   */
  static async startChild(
    on: Verbs,
    supervisor: TaskSupervisorRef,
    fn: TaskFunction<unknown>,
    options: Pick<ProcessChildOptions, 'restart' | 'shutdownMs' | keyof SpawnOptions> = {},
  ): Promise<Pid> {
    const call = 'TaskSupervisor.startChild';
    checkFunction(call, fn);
    const [spawning, kept] = splitSpawnOptions(call, options);
    const pid = await startChild(call, on, supervisor, kept, (parent) => parent.spawnLink(fn, spawning));
    return pid as Pid;
  }

  /**
   * As `Task.asyncStream`, with the tasks under the supervisor. OTP: `Task.Supervisor.async_stream/4`.
   * @throws as `Task.asyncStream`; and when asked for an outcome as `async`
   */
  static asyncStream<Item, Result>(
    on: Node | AnySelf,
    supervisor: TaskSupervisorRef,
    items: Iterable<Item> | AsyncIterable<Item>,
    fn: StreamFunction<Item, Result>,
    options: SupervisedStreamOptions = {},
  ): AsyncGenerator<StreamOutcome<Item, Awaited<Result>>, void, undefined> {
    const how = { call: 'TaskSupervisor.asyncStream', supervisor, link: true };
    return streamUnder(how, on, items, fn, options);
  }

  /**
   * As `asyncStream`, without links: a failure of a task is an outcome of the stream, and ends nothing else.
   * OTP: `Task.Supervisor.async_stream_nolink/4`.
   * @throws as `asyncStream`
   */
  static asyncStreamNolink<Item, Result>(
    on: Node | AnySelf,
    supervisor: TaskSupervisorRef,
    items: Iterable<Item> | AsyncIterable<Item>,
    fn: StreamFunction<Item, Result>,
    options: SupervisedStreamOptions = {},
  ): AsyncGenerator<StreamOutcome<Item, Awaited<Result>>, void, undefined> {
    const how = { call: 'TaskSupervisor.asyncStreamNolink', supervisor, link: false };
    return streamUnder(how, on, items, fn, options);
  }

  /**
   * The processes of the tasks that run. Waits for as long as the supervisor lives. OTP: `Task.Supervisor.children/1`.
   * @throws NoProcessError if there is none; ServerExitError, NodeDownError if it ends or its node is lost
   */
  static async children(on: Verbs, supervisor: TaskSupervisorRef): Promise<Pid[]> {
    const infos = await on.call(supervisor, { type: 'whichChildren' }, { timeoutMs: Infinity });
    return infos.flatMap(({ pid }) => (pid === undefined || pid === 'restarting' ? [] : [pid]));
  }

  /**
   * Ends a task as at shutdown. Waits until it has ended, however long that takes. OTP:
   * `Task.Supervisor.terminate_child/2`.
   * @throws ChildError if there is no such task; NoProcessError if there is no supervisor; BadArgumentError
   * @throws ServerExitError, NodeDownError if it ends or its node is lost (the task may have ended)
   */
  static async terminateChild(on: Verbs, supervisor: TaskSupervisorRef, pid: Pid): Promise<void> {
    const request = {
      type: 'terminateChild',
      pid: checkChildPid('TaskSupervisor.terminateChild', pid),
    } as const;
    pidOf('TaskSupervisor.terminateChild', pid, await on.call(supervisor, request, { timeoutMs: Infinity }));
  }
}

/** How tasks of a supervisor are started. */
interface Kept {
  readonly call: string;
  readonly supervisor: TaskSupervisorRef;
  readonly options: TaskChildOptions;
  /** Whether their owner is linked to them. */
  readonly link: boolean;
}

async function startTask<Result>(
  kept: Kept,
  on: Node | AnySelf,
  fn: TaskFunction<Result>,
): Promise<Task<Awaited<Result>>> {
  checkFunction(kept.call, fn);
  const owner = Waiter.of(kept.call, on);
  let task: Task<Awaited<Result>> | undefined;
  await startRun(kept, owner, fn as TaskFunction<Awaited<Result>>, (run) => (task = new Task(owner, run)));
  return task as Task<Awaited<Result>>;
}

function streamUnder<Item, Result>(
  how: Omit<Kept, 'options'>,
  on: Node | AnySelf,
  items: Iterable<Item> | AsyncIterable<Item>,
  fn: StreamFunction<Item, Result>,
  { shutdownMs, ...streaming }: SupervisedStreamOptions,
): AsyncGenerator<StreamOutcome<Item, Awaited<Result>>, void, undefined> {
  const kept: Kept = { ...how, options: shutdownMs === undefined ? {} : { shutdownMs } };
  checkFunction(kept.call, fn);
  const owner = Waiter.of(kept.call, on);
  const start = (item: Item, began: (run: TaskRun<Awaited<Result>>) => void): Promise<void> =>
    startRun(kept, owner, (self) => fn(item, self) as Awaited<Result>, began);
  return streamTasks(kept.call, owner, items, start, streaming);
}

/**
 * Has the supervisor start a task. The owner is linked, and `began` called, before anything of it runs; nothing is
 * started for an owner that has ended in the meantime.
 */
async function startRun<Result>(
  { call, supervisor, options, link }: Kept,
  owner: Waiter,
  fn: TaskFunction<Result>,
  began: (run: TaskRun<Result>) => void,
): Promise<void> {
  const run = new TaskRun(owner, fn);
  await startChild(call, owner.on, supervisor, options, (parent) => {
    if (owner.hasEnded) return ignore();
    const pid = parent.spawnLink(run.body);
    run.began(pid);
    if (link) owner.link(pid);
    began(run);
    return pid;
  });
}

async function startChild(
  call: string,
  on: Verbs,
  supervisor: TaskSupervisorRef,
  options: Pick<ChildOptions, 'restart' | 'shutdownMs'>,
  start: StartSpec['start'],
): Promise<Pid | undefined> {
  if ('id' in options)
    throw new BadArgumentError({ call, expected: "options to have no 'id'", got: options });
  const spec = checkSpec(call, { id: 'Task', restart: 'temporary', ...options, start });
  const request = passByReference({ type: 'startChild', spec } as const);
  return pidOf(call, spec.id, await on.call(supervisor, request, { timeoutMs: Infinity }));
}
