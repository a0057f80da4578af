import {
  BadArgumentError,
  ChildError,
  localName,
  NoProcessError,
  startRegistry,
  startSupervisor,
  startTaskSupervisor,
  stopServer,
  Task,
  TaskSupervisor,
  taskSupervisorSpec,
  via,
  type Node,
  type Self,
  type ServerPid,
} from '@trestle/runtime';
import { puppet, type Puppet } from '../support/both-places';
import { settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

/* What a task supervisor does with its tasks: restarts, shutdowns, limits, names. */

let node: Node;
let clock: VirtualClock;
let owner: Puppet;
let supervisor: ServerPid<TaskSupervisor>;

beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
  owner = await puppet(node, true);
  supervisor = await startTaskSupervisor(node);
});

const sleepy = (self: Self<any>): Promise<unknown> => self.receive();
/** Ends as it is told by a message. */
const obedient = async (self: Self<any>): Promise<never> => self.exit(await self.receive());
const stubborn = async (self: Self<any>): Promise<void> => {
  self.trapExit(true);
  for (;;) await self.receive();
};
const boom = (): never => {
  throw new Error('boom');
};
const errorOf = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => 'done',
    (error: unknown) => error,
  );

describe('TaskSupervisor.startChild', () => {
  it.each([
    ['temporary', 'normal', false],
    ['temporary', 'crash', false],
    ['transient', 'normal', false],
    ['transient', 'shutdown', false],
    ['transient', 'crash', true],
    ['permanent', 'normal', true],
    ['permanent', 'crash', true],
  ] as const)('%s, that ends with %s: started anew %s', async (restart, reason, comesBack) => {
    const pid = await TaskSupervisor.startChild(node, supervisor, obedient, { restart });
    node.send(pid, reason);
    await settle();
    const children = await TaskSupervisor.children(node, supervisor);
    expect(children.length).toBe(comesBack ? 1 : 0);
    expect(children).not.toContain(pid);
  });

  it('transient, that returns, is done', async () => {
    let runs = 0;
    await TaskSupervisor.startChild(node, supervisor, () => void (runs += 1), { restart: 'transient' });
    await settle();
    expect([runs, await TaskSupervisor.children(node, supervisor)]).toEqual([1, []]);
  });

  it('that fails too often ends the supervisor, and with it the other tasks', async () => {
    const bounded = await startTaskSupervisor(node, { intensity: { restarts: 2, withinMs: 5_000 } });
    const other = await TaskSupervisor.startChild(node, bounded, sleepy);
    const end = await watch(node, bounded);
    await TaskSupervisor.startChild(node, bounded, boom, { restart: 'transient' });
    expect(await end.reason).toBe('shutdown');
    expect(node.isAlive(other)).toBe(false);
  });

  it('that fails and is temporary does not count, however often', async () => {
    const bounded = await startTaskSupervisor(node, { intensity: { restarts: 0, withinMs: 5_000 } });
    for (let n = 0; n < 5; n++) await TaskSupervisor.startChild(node, bounded, boom);
    await settle();
    expect(node.isAlive(bounded)).toBe(true);
  });

  it('has no owner: nobody hears of its result or its failure', async () => {
    await TaskSupervisor.startChild(owner.self, supervisor, () => 'result');
    await TaskSupervisor.startChild(owner.self, supervisor, boom);
    await settle();
    expect(owner.inbox).toStrictEqual([]);
  });

  it('fails with noproc where there is no supervisor', async () => {
    await stopServer(node, supervisor);
    expect(await errorOf(TaskSupervisor.startChild(node, supervisor, sleepy))).toBeInstanceOf(NoProcessError);
    const named = localName<TaskSupervisor>('nobody');
    expect(await errorOf(TaskSupervisor.async(owner.self, named, sleepy))).toBeInstanceOf(NoProcessError);
  });

  it('is refused for what is no function, and for an id: tasks have none', async () => {
    for (const [fn, options] of [
      [5, {}],
      [sleepy, { id: 'x' }],
      [sleepy, { restart: 'always' }],
      [sleepy, { shutdownMs: -1 }],
    ]) {
      const starting = TaskSupervisor.startChild(node, supervisor, fn as never, options as never);
      expect(await errorOf(starting)).toBeInstanceOf(BadArgumentError);
    }
    expect(await TaskSupervisor.children(node, supervisor)).toStrictEqual([]);
  });
});

describe('TaskSupervisor.terminateChild', () => {
  it('ends a task by shutdown, and it is not restarted, whatever its restart', async () => {
    const pid = await TaskSupervisor.startChild(node, supervisor, sleepy, { restart: 'permanent' });
    const end = await watch(node, pid);
    await TaskSupervisor.terminateChild(node, supervisor, pid);
    expect(await end.reason).toBe('shutdown');
    expect(await TaskSupervisor.children(node, supervisor)).toStrictEqual([]);
  });

  it('kills one that does not end within its shutdownMs, 5,000 by default', async () => {
    const pid = await TaskSupervisor.startChild(node, supervisor, stubborn);
    await settle();
    const ending = TaskSupervisor.terminateChild(node, supervisor, pid);
    await clock.advance(4_999);
    expect(node.isAlive(pid)).toBe(true);
    await clock.advance(1);
    await ending;
    expect(node.isAlive(pid)).toBe(false);
  });

  it('kills one with brutalKill at once', async () => {
    const pid = await TaskSupervisor.startChild(node, supervisor, stubborn, { shutdownMs: 'brutalKill' });
    await settle();
    const end = await watch(node, pid);
    await TaskSupervisor.terminateChild(node, supervisor, pid);
    expect(await end.reason).toBe('killed');
  });

  it('fails for a process that is no task of it', async () => {
    expect(await errorOf(TaskSupervisor.terminateChild(node, supervisor, owner.pid))).toMatchObject({
      code: 'ERR_CHILD',
      reason: 'notFound',
    });
    expect(node.isAlive(owner.pid)).toBe(true);
  });

  it('of an awaited task is its failure', async () => {
    const task = await TaskSupervisor.asyncNolink(owner.self, supervisor, sleepy);
    const awaited = errorOf(Task.await(owner.self, task));
    await TaskSupervisor.terminateChild(node, supervisor, task.pid!);
    expect(await awaited).toMatchObject({ code: 'ERR_TASK_EXIT', reason: 'shutdown' });
  });
});

describe('a task supervisor', () => {
  it('that is killed takes its tasks along, and who awaits them hears it', async () => {
    const task = await TaskSupervisor.asyncNolink(owner.self, supervisor, sleepy);
    const awaited = errorOf(Task.await(owner.self, task));
    node.exitSignal(supervisor, 'kill');
    expect(await awaited).toMatchObject({ reason: 'killed' });
    expect(node.isAlive(task.pid!)).toBe(false);
  });

  it('that is stopped ends its tasks by shutdown', async () => {
    const task = await TaskSupervisor.asyncNolink(owner.self, supervisor, sleepy);
    await stopServer(node, supervisor);
    expect(await Task.yield(owner.self, task)).toEqual({ status: 'exit', reason: 'shutdown' });
  });

  it('takes no more than maxChildren tasks, and one more when one is done', async () => {
    const small = await startTaskSupervisor(node, { maxChildren: 1 });
    const first = await TaskSupervisor.asyncNolink(owner.self, small, sleepy);
    const error = await errorOf(TaskSupervisor.asyncNolink(owner.self, small, sleepy));
    expect(error).toBeInstanceOf(ChildError);
    expect(error.reason).toBe('maxChildren');
    node.send(first.pid!, 'finish');
    await Task.await(owner.self, first);
    await settle();
    const next = await TaskSupervisor.asyncNolink(owner.self, small, () => 'next');
    expect(await Task.await(owner.self, next)).toBe('next');
  });

  it('can be named, on its node and with a registry', async () => {
    const registry = await startRegistry(node, { name: 'registry', keys: 'unique' });
    for (const name of [localName<TaskSupervisor>('tasks'), via<TaskSupervisor>(registry, 'tasks')]) {
      await startTaskSupervisor(node, { name });
      const task = await TaskSupervisor.async(owner.self, name, () => 'done');
      expect(await Task.await(owner.self, task)).toBe('done');
    }
  });

  it('runs tasks at the same time, and none waits for another', async () => {
    const slow = await TaskSupervisor.asyncNolink(owner.self, supervisor, sleepy);
    const fast = await TaskSupervisor.asyncNolink(owner.self, supervisor, () => 'fast');
    expect(await Task.await(owner.self, fast)).toBe('fast');
    expect(node.isAlive(slow.pid!)).toBe(true);
  });

  it('below a supervisor comes back without its tasks', async () => {
    const TASKS = localName<TaskSupervisor>('tasks');
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [taskSupervisorSpec({ id: 'tasks', name: TASKS })],
    });
    await TaskSupervisor.startChild(node, TASKS, sleepy, { restart: 'permanent' });
    node.exitSignal(TASKS, 'kill');
    await settle();
    expect(await TaskSupervisor.children(node, TASKS)).toStrictEqual([]);
  });
});
