import { inspect, type InspectOptionsStylized } from '#platform/inspect';
import { BadArgumentError, CallTimeoutError, TaskExitError } from '../../terms/errors';
import { checkFunction } from '../../terms/executable';
import { prose } from '../../terms/show';
import { inspected } from '../../terms/inspected';
import type { Pid } from '../../terms/pid';
import type { Ref } from '../../terms/ref';
import type { AnySelf, Node } from '../../node/node';
import { shutdownProcess } from '../supervisor/shutdown-process';
import {
  checkShutdown,
  checkYieldMany,
  timeoutOfWait,
  type TaskWaitOptions,
  type YieldManyOptions,
} from './task-options';
import { unlessAsked, withoutResult, type TaskOutcome } from './task-outcome';
import { Waiter } from '../waiting/waiter';
import { TaskRun, type TaskFunction } from './task-run';
import { streamTasks, type AsyncStreamOptions, type StreamFunction, type StreamOutcome } from './task-stream';
import { whichAreOver, waitForSome, type Waitable } from '../waiting/wait-for';

/**
 * A function that is executed in a process of its own, and its result, which its owner awaits. The owner is the process
 * that started it, and linked to it: an error in the task ends the owner, unless that traps exits, and an end of the
 * owner other than `'normal'` ends the task. Code that is no process starts tasks on its node; then nobody is linked.
 *
 * The result of a task that is not awaited when it ends is a message to its owner, `{ type: 'taskReply', ref, value }`,
 * and its failure a `DOWN`: that is how a server goes on in the meantime. OTP: Elixir's `Task`.
 */
export class Task<Result> implements Waitable {
  /** Who may await it. */
  readonly owner: Pid;
  /** Its process; `undefined` if there is none, because it was completed from the start. */
  readonly pid: Pid | undefined;
  /** The monitor of its owner on it: names it in messages. */
  readonly ref: Ref;
  /** @internal Who waits for it. */
  listener: (() => void) | null = null;
  /** Whether its owner has done with it: it had the outcome, or wants none. */
  private isDone = false;

  /** @internal Made by `Task.async` and the task supervisors. */
  constructor(
    private readonly by: Waiter,
    private readonly run: TaskRun<Result>,
  ) {
    this.owner = by.pid;
    this.pid = run.pid;
    this.ref = run.pid === undefined ? by.local.refs.next() : by.monitor(run.pid);
    if (run.outcome === undefined) run.onOutcome = this.onOutcome;
    else this.onOutcome();
  }

  /**
   * Starts a task. OTP: `Task.async/1`.
   * @param on the process that will await it, or the node
   * @param fn what it executes; may be async
   * @throws BadArgumentError
   */
  static async<Result>(on: Node | AnySelf, fn: TaskFunction<Result>): Task<Awaited<Result>> {
    const call = 'Task.async';
    checkFunction(call, fn);
    const owner = Waiter.of(call, on);
    const run = new TaskRun(owner, fn as TaskFunction<Awaited<Result>>);
    run.began(owner.spawn(run.body));
    return new Task(owner, run);
  }

  /** A task that is over already, where one is wanted of a value that is at hand. OTP: `Task.completed/1`. */
  static completed<Result>(on: Node | AnySelf, value: Result): Task<Result> {
    const owner = Waiter.of('Task.completed', on);
    const run = new TaskRun<Result>(owner, () => value);
    run.outcome = { status: 'ok', value };
    return new Task(owner, run);
  }

  /**
   * Waits for the result of a task, once. OTP: `Task.await/2`.
   * @param on the owner
   * @param options.timeoutMs default 5,000; the task goes on after that, though nobody can await it any more
   * @throws TaskExitError if it ended without a result, CallTimeoutError
   * @throws BadArgumentError if another than the owner asks, or the owner has done with it
   */
  static async await<Result>(
    on: Node | AnySelf,
    task: Task<Result>,
    options: TaskWaitOptions = {},
  ): Promise<Result> {
    const [value] = await Task.awaitAll('Task.await', on, [task], options);
    return value as Result;
  }

  /**
   * Waits for the results of all tasks, for `timeoutMs` in all. OTP: `Task.await_many/2`.
   * @returns the results in the order of the tasks
   * @throws TaskExitError as soon as one has no result, CallTimeoutError: the others go on, nothing of them arrives
   */
  static async awaitMany<const Tasks extends readonly Task<unknown>[]>(
    on: Node | AnySelf,
    tasks: Tasks,
    options: TaskWaitOptions = {},
  ): Promise<{ -readonly [Index in keyof Tasks]: ResultOf<Tasks[Index]> }> {
    return (await Task.awaitAll('Task.awaitMany', on, tasks, options)) as never;
  }

  /**
   * Waits for a task for some time; if it is not over by then, it can be asked again. OTP: `Task.yield/2`.
   * @returns how it ended; `undefined` if it has not
   * @throws BadArgumentError if another than the owner asks, or the owner has done with it
   */
  static async yield<Result>(
    on: Node | AnySelf,
    task: Task<Result>,
    options: TaskWaitOptions = {},
  ): Promise<TaskOutcome<Result> | undefined> {
    const timeoutMs = timeoutOfWait('Task.yield', options);
    Task.check('Task.yield', on, [task]);
    await waitForSome(task.by, [task], { count: 1, orOneExit: false }, timeoutMs);
    return task.takeOutcome();
  }

  /**
   * Waits for several tasks. OTP: `Task.yield_many/2`.
   * @returns each task with how it ended, in their order; `undefined` if it has not, or if `limit` others have before
   * @throws BadArgumentError as `yield`
   */
  static async yieldMany<Result>(
    on: Node | AnySelf,
    tasks: readonly Task<Result>[],
    options: YieldManyOptions = {},
  ): Promise<[Task<Result>, TaskOutcome<Result> | undefined][]> {
    const { timeoutMs, limit, onTimeout } = checkYieldMany('Task.yieldMany', options);
    Task.check('Task.yieldMany', on, tasks);
    const distinct = [...new Set(tasks)];
    const enough = { count: limit, orOneExit: false };
    const [first] = distinct;
    const over = whichAreOver(distinct);
    const isEnough = first === undefined || (await waitForSome(first.by, distinct, enough, timeoutMs));
    const within = new Set([...new Set([...over, ...whichAreOver(distinct)])].slice(0, limit));
    const ask = async (task: Task<Result>): Promise<TaskOutcome<Result> | undefined> => {
      if (isEnough && !within.has(task)) return undefined;
      if (task.outcome !== undefined || isEnough || onTimeout === 'nothing') return task.takeOutcome();
      return onTimeout === 'ignore' ? Task.ignore(on, task) : Task.shutdown(on, task, 'brutalKill');
    };
    const asked = new Map(distinct.map((task) => [task, ask(task)]));
    return Promise.all(
      tasks.map(async (task) => [task, await asked.get(task)] as [typeof task, typeof task.outcome]),
    );
  }

  /**
   * Unlinks a task, ends it as a supervisor does, and waits for its end; also one that its owner has done with, by a
   * timeout of `await` for one. OTP: `Task.shutdown/2`.
   * @param shutdownMs milliseconds it has to end after `'shutdown'`, or `'brutalKill'`: none. Default 5,000
   * @returns `undefined` if it ended as it is told to; else how it ended: the exit `'killed'` after `shutdownMs`; of one
   *   that the owner had done with `'noproc'` if it had ended before, `'normal'` in place of a result
   * @throws BadArgumentError if another than the owner asks, or it is awaited
   */
  static async shutdown<Result>(
    on: Node | AnySelf,
    task: Task<Result>,
    shutdownMs: number | 'brutalKill' = 5_000,
  ): Promise<TaskOutcome<Result> | undefined> {
    const call = 'Task.shutdown';
    checkShutdown(call, shutdownMs);
    if (task instanceof Task && task.isDone) task.by.check(call, on);
    else Task.check(call, on, [task]);
    const { pid, by, isDone } = task;
    if (pid === undefined || task.outcome !== undefined)
      return isDone ? { status: 'exit', reason: 'noproc' } : unlessAsked(task.takeOutcome(), shutdownMs);
    by.unlink(pid);
    task.finish();
    const asking = { node: by.local.node, exitSignal: by.exitSignal.bind(by) };
    await shutdownProcess(asking, pid, shutdownMs);
    // An owner that has ended in the meantime executes nothing any more.
    if (by.hasEnded) return new Promise(() => undefined);
    return unlessAsked(isDone ? withoutResult(task.outcome) : task.outcome, shutdownMs);
  }

  /**
   * Lets a task go on alone: unlinked, and its result is dropped. OTP: `Task.ignore/1`.
   * @returns how it ended, if it has already
   */
  static ignore<Result>(on: Node | AnySelf, task: Task<Result>): TaskOutcome<Result> | undefined {
    Task.check('Task.ignore', on, [task]);
    if (task.outcome !== undefined) return task.takeOutcome();
    if (task.pid !== undefined) task.by.unlink(task.pid);
    task.finish();
    return undefined;
  }

  /**
   * Executes a function for each item of an iterable, also of an async one, each in a task, several at a time, and gives
   * the outcomes as they are asked for: nothing starts before, nor while nobody asks for more. Whoever stops asking, by a
   * `break`, ends the tasks that run. OTP: `Task.async_stream/3`.
   * @param on the process that starts the tasks, and is linked to them; or a node
   * @param options.maxConcurrency how many tasks run at a time. Default: the number of cores
   * @param options.ordered whether the outcomes come in the order of the items. Default `true`
   * @param options.timeoutMs how long a task may take. Default 5,000
   * @param options.onTimeout `'exit'` (default): the stream throws; `'killTask'`: an outcome, the exit `'timeout'`
   * @throws BadArgumentError at once; CallTimeoutError, and what `items` throws, when an outcome is asked for
   */
  static asyncStream<Item, Result>(
    on: Node | AnySelf,
    items: Iterable<Item> | AsyncIterable<Item>,
    fn: StreamFunction<Item, Result>,
    options: AsyncStreamOptions = {},
  ): AsyncGenerator<StreamOutcome<Item, Awaited<Result>>, void, undefined> {
    const call = 'Task.asyncStream';
    const owner = Waiter.of(call, on);
    checkFunction(call, fn);
    const start = (item: Item, began: (run: TaskRun<Awaited<Result>>) => void): void => {
      const run = new TaskRun(owner, (self) => fn(item, self) as Awaited<Result>);
      run.began(owner.spawn(run.body));
      began(run);
    };
    return streamTasks(call, owner, items, start, options);
  }

  /** How it ended; `undefined` if it has not. */
  get outcome(): TaskOutcome<Result> | undefined {
    return this.run.outcome;
  }

  /** For prompts and logs. */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    const { pid, owner, ref, outcome } = this;
    return inspected('Task', { pid, owner, ref, outcome }, depth, options);
  }

  private static async awaitAll(
    call: string,
    on: Node | AnySelf,
    tasks: readonly Task<unknown>[],
    options: TaskWaitOptions,
  ): Promise<unknown[]> {
    const timeoutMs = timeoutOfWait(call, options);
    Task.check(call, on, tasks);
    const [first] = tasks;
    if (first === undefined) return [];
    const enough = { count: Infinity, orOneExit: true };
    const inTime = await waitForSome(first.by, [...new Set(tasks)], enough, timeoutMs);
    const failed = tasks.find((task) => task.outcome?.status === 'exit')?.takeOutcome();
    if (failed?.status === 'exit' || !inTime) for (const task of tasks) task.finish();
    if (failed?.status === 'exit') throw new TaskExitError(call, failed.reason);
    if (!inTime) throw new CallTimeoutError(call, timeoutMs);
    return tasks.map((task) => (task.takeOutcome() as { readonly value: unknown }).value);
  }

  /** Only the owner may ask, about a task that it has not done with, and once at a time. */
  private static check(call: string, on: Node | AnySelf, tasks: readonly unknown[]): void {
    if (!Array.isArray(tasks))
      throw new BadArgumentError({ call, expected: 'an array of tasks', got: tasks });
    for (const task of tasks as unknown[]) {
      if (!(task instanceof Task)) throw new BadArgumentError({ call, expected: 'a task', got: task });
      (task as Task<unknown>).by.check(call, on);
      const fault = (task as Task<unknown>).fault;
      if (fault !== undefined) throw new BadArgumentError({ call, ...fault });
    }
  }

  private get fault(): { readonly expected: string; readonly got: unknown } | undefined {
    if (this.isDone) {
      return {
        expected: 'a task that was not awaited, shut down or ignored before',
        got: prose('one that was'),
      };
    }
    return this.listener === null
      ? undefined
      : { expected: 'a task that nobody awaits', got: prose('one that is awaited') };
  }

  private readonly onOutcome = (): void => {
    const { outcome } = this.run;
    if (this.isDone || outcome === undefined) return;
    if (this.listener !== null) {
      // Whoever awaits it needs no message: its DOWN is not even sent.
      this.by.forget(this.ref);
      this.listener();
    } else if (outcome.status === 'ok' && (this.pid === undefined || this.by.hasMonitor(this.ref))) {
      // As in Elixir the result takes the way of the monitor: who has taken that away has nothing to come.
      this.by.deliver({ type: 'taskReply', ref: this.ref, value: outcome.value });
    }
  };

  private takeOutcome(): TaskOutcome<Result> | undefined {
    if (this.outcome !== undefined) this.finish();
    return this.outcome;
  }

  private finish(): void {
    this.isDone = true;
    this.by.forget(this.ref);
  }
}

/** What a task results in. */
type ResultOf<T> = T extends Task<infer Result> ? Result : never;
