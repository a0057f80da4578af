import {
  BadArgumentError,
  ChildError,
  GenServer,
  localName,
  NoProcessError,
  startSupervisor,
  startTaskSupervisor,
  stopServer,
  Supervisor,
  Task,
  TaskExitError,
  TaskSupervisor,
  taskSupervisorSpec,
  UnsendableError,
  type Node,
  type Self,
  type ServerPid,
} from '@trestle/runtime';
import { inBothPlaces, lives, puppet, quiet, type Puppet } from '../support/both-places';
import { reasonOf, settle, startTestNode } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

let node: Node;
let clock: VirtualClock;
let tasks: ServerPid<TaskSupervisor>;
let owner: Puppet;

beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
  tasks = await startTaskSupervisor(node);
  owner = await puppet(node);
});

const sleepy = (self: Self): Promise<unknown> => self.receive();
const boom = (): never => {
  throw new Error('boom');
};

describe('TaskSupervisor.async', () => {
  it('starts a task that its owner awaits', async () => {
    const task = await TaskSupervisor.async(owner.self, tasks, async () => Promise.resolve(42));
    expect(await Task.await(owner.self, task)).toBe(42);
  });

  it('keeps the task among the children of the supervisor while it runs', async () => {
    const task = await TaskSupervisor.async(owner.self, tasks, sleepy);
    expect(await TaskSupervisor.children(node, tasks)).toEqual([task.pid]);
    node.send(task.pid!, 'done');
    expect(await Task.await(owner.self, task)).toBe('done');
    expect(await TaskSupervisor.children(node, tasks)).toStrictEqual([]);
  });

  it('links the task to its owner, which ends if it fails, and the supervisor does not', async () => {
    void TaskSupervisor.async(owner.self, tasks, boom);
    await settle();
    expect([lives(node, owner), node.isAlive(tasks)]).toEqual([false, true]);
  });

  it('ends the task if its owner fails', async () => {
    const task = await TaskSupervisor.async(owner.self, tasks, sleepy);
    node.exitSignal(owner.pid, 'oops');
    await settle();
    expect(node.isAlive(task.pid!)).toBe(false);
  });

  it('starts nothing for an owner that has ended in the meantime', async () => {
    let ran = false;
    await reasonOf(node, (self) => {
      void TaskSupervisor.async(self, tasks, () => (ran = true));
      self.exit('gone');
    });
    await settle();
    expect([ran, await TaskSupervisor.children(node, tasks)]).toEqual([false, []]);
  });

  it('refuses what is no function, and a supervisor that does not run', async () => {
    await expect(TaskSupervisor.async(node, tasks, 1 as never)).rejects.toThrow(BadArgumentError);
    await expect(TaskSupervisor.async(node, localName<TaskSupervisor>('none'), sleepy)).rejects.toThrow(
      NoProcessError,
    );
  });

  it('refuses more than maxChildren tasks at a time', async () => {
    const few = await startTaskSupervisor(node, { maxChildren: 1 });
    await TaskSupervisor.async(owner.self, few, sleepy);
    await expect(TaskSupervisor.async(owner.self, few, sleepy)).rejects.toThrow(ChildError);
  });
});

describe('TaskSupervisor.asyncNolink', () => {
  it('starts a task whose failure ends nobody, and is told to who awaits it', async () => {
    const task = await TaskSupervisor.asyncNolink(owner.self, tasks, boom);
    await expect(Task.await(owner.self, task)).rejects.toThrow(TaskExitError);
    expect(lives(node, owner)).toBe(true);
  });

  it('sends a server the result as a message, and a failure as a DOWN', async () => {
    const seen: unknown[] = [];
    class Asker extends GenServer {
      override async init(): Promise<undefined> {
        await TaskSupervisor.asyncNolink(this.self, tasks, () => 'found');
        await TaskSupervisor.asyncNolink(this.self, tasks, boom);
      }
      override handleInfo(message: any): void {
        seen.push([message.type, message.value ?? message.reason?.message ?? message.reason]);
      }
    }
    await node.start(Asker);
    await settle();
    expect(seen).toEqual(
      expect.arrayContaining([
        ['taskReply', 'found'],
        ['DOWN', 'normal'],
        ['DOWN', 'boom'],
      ]),
    );
    expect(seen).toHaveLength(3);
  });

  it('lets the task go on when its owner fails', async () => {
    const task = await TaskSupervisor.asyncNolink(owner.self, tasks, sleepy);
    node.exitSignal(owner.pid, 'oops');
    await settle();
    expect(node.isAlive(task.pid!)).toBe(true);
  });
});

describe('TaskSupervisor.startChild', () => {
  it('starts a process for what it does, that is not restarted', async () => {
    let runs = 0;
    await TaskSupervisor.startChild(node, tasks, () => {
      runs += 1;
      boom();
    });
    await settle();
    expect(runs).toBe(1);
  });

  it('restarts a transient one that fails', async () => {
    let runs = 0;
    const twice = (): void => {
      runs += 1;
      if (runs < 3) boom();
    };
    await TaskSupervisor.startChild(node, tasks, twice, { restart: 'transient' });
    await settle();
    expect([runs, await TaskSupervisor.children(node, tasks)]).toEqual([3, []]);
  });

  it('refuses wrong options', async () => {
    const start = (options: object) => TaskSupervisor.startChild(node, tasks, sleepy, options);
    await expect(start({ restart: 'often' })).rejects.toThrow(
      'TaskSupervisor.startChild: expected restart to be',
    );
    await expect(start({ id: 'x' })).rejects.toThrow("expected options to have no 'id'");
  });
});

describe('the processes of TaskSupervisor.startChild', () => {
  it('are linked to the supervisor, not to who asked for them', async () => {
    const pid = await TaskSupervisor.startChild(owner.self, tasks, sleepy);
    node.exitSignal(owner.pid, 'kill');
    await settle();
    expect(node.isAlive(pid)).toBe(true);
    node.exitSignal(tasks, 'kill');
    await settle();
    expect(node.isAlive(pid)).toBe(false);
  });

  it('tell nobody of their results and failures', async () => {
    await TaskSupervisor.startChild(owner.self, tasks, () => 42);
    await TaskSupervisor.startChild(owner.self, tasks, boom);
    await settle();
    expect([owner.inbox, lives(node, owner)]).toEqual([[], true]);
  });

  it('may fail in any number: they are temporary, and take no part of the intensity', async () => {
    for (let n = 0; n < 20; n++) await TaskSupervisor.startChild(node, tasks, boom);
    await settle();
    expect(node.isAlive(tasks)).toBe(true);
    expect(await TaskSupervisor.children(node, tasks)).toStrictEqual([]);
  });

  it('end the supervisor if they are permanent and fail too often', async () => {
    await TaskSupervisor.startChild(node, tasks, boom, { restart: 'permanent' });
    await settle();
    expect(node.isAlive(tasks)).toBe(false);
  });

  it('are killed at once where their shutdownMs says so', async () => {
    let isAsked = false;
    const stubborn = async (self: Self): Promise<void> => {
      self.trapExit(true);
      await self.receive('EXIT');
      isAsked = true;
    };
    const pid = await TaskSupervisor.startChild(node, tasks, stubborn, { shutdownMs: 'brutalKill' });
    await settle();
    await TaskSupervisor.terminateChild(node, tasks, pid);
    expect([isAsked, node.isAlive(pid)]).toEqual([false, false]);
  });
});

describe('a task supervisor', () => {
  it('ends a task by its pid', async () => {
    const pid = await TaskSupervisor.startChild(node, tasks, sleepy);
    await TaskSupervisor.terminateChild(node, tasks, pid);
    expect([node.isAlive(pid), await TaskSupervisor.children(node, tasks)]).toEqual([false, []]);
    await expect(TaskSupervisor.terminateChild(node, tasks, pid)).rejects.toThrow(ChildError);
  });

  it('ends its tasks when it ends, and kills those that take longer than their shutdownMs', async () => {
    const stubborn = async (self: Self<any>): Promise<void> => {
      self.trapExit(true);
      for (;;) await self.receive();
    };
    const pid = await TaskSupervisor.startChild(node, tasks, stubborn, { shutdownMs: 50 });
    await settle();
    const stopped = stopServer(node, tasks, { reason: 'shutdown' });
    await clock.advance(49);
    expect(node.isAlive(pid)).toBe(true);
    await clock.advance(1);
    await stopped;
    expect(node.isAlive(pid)).toBe(false);
  });

  it('stands below another supervisor', async () => {
    const TASKS = localName<TaskSupervisor>('tasks');
    const children = [taskSupervisorSpec({ id: 'tasks', name: TASKS })];
    const root = await startSupervisor(node, { strategy: 'oneForOne', children });
    expect(await Task.await(node, await TaskSupervisor.async(node, TASKS, () => 1))).toBe(1);
    expect(await Supervisor.countChildren(node, root)).toMatchObject({ supervisors: 1 });
  });
});

describe('TaskSupervisor.asyncStream', () => {
  const fn = (item: number): number => {
    if (item === 2) boom();
    return item * 10;
  };
  async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const outcome of stream) all.push(outcome);
    return all;
  }

  it('executes the tasks under the supervisor', async () => {
    const seen: number[] = [];
    const watching = async (item: number): Promise<number> => {
      seen.push((await TaskSupervisor.children(node, tasks)).length);
      return item;
    };
    const options = { maxConcurrency: 2, shutdownMs: 10 };
    expect(
      await collect(TaskSupervisor.asyncStream(owner.self, tasks, [1, 3, 5], watching, options)),
    ).toEqual([1, 3, 5].map((value) => ({ status: 'ok', value })));
    expect(Math.max(...seen)).toBeLessThanOrEqual(2);
    expect(Math.min(...seen)).toBeGreaterThan(0);
  });

  it('ends its owner if a task fails', async () => {
    void collect(TaskSupervisor.asyncStream(owner.self, tasks, [1, 2, 3], fn));
    await settle();
    expect([lives(node, owner), await TaskSupervisor.children(node, tasks)]).toEqual([false, []]);
  });

  it('gives a failure as an outcome to an owner that traps exits, and no message', async () => {
    const trapping = await puppet(node, true);
    const outcomes = await collect(TaskSupervisor.asyncStream(trapping.self, tasks, [1, 2, 3], fn));
    expect(outcomes.map(({ status }) => status)).toEqual(['ok', 'exit', 'ok']);
    await settle();
    expect(trapping.inbox).toStrictEqual([]);
  });

  it('gives a failure as an outcome, without links, and goes on', async () => {
    expect(await collect(TaskSupervisor.asyncStreamNolink(owner.self, tasks, [1, 2, 3], fn))).toEqual([
      { status: 'ok', value: 10 },
      { status: 'exit', reason: expect.objectContaining({ message: 'boom' }), item: 2 },
      { status: 'ok', value: 30 },
    ]);
  });

  it('kills what runs when its consumer breaks out', async () => {
    const slow = (item: number, self: Self): unknown => (item === 1 ? 1 : self.receive());
    const stream = TaskSupervisor.asyncStreamNolink(owner.self, tasks, [1, 2, 3], slow, {
      maxConcurrency: 3,
    });
    for await (const _ of stream) break;
    expect(await TaskSupervisor.children(node, tasks)).toStrictEqual([]);
  });

  it('fails if the supervisor takes no more tasks', async () => {
    const few = await startTaskSupervisor(node, { maxChildren: 1 });
    const slow = (_: number, self: Self): unknown => self.receive();
    const stream = TaskSupervisor.asyncStream(owner.self, few, [1, 2], slow, { maxConcurrency: 2 });
    await expect(collect(stream)).rejects.toThrow(ChildError);
    expect(await TaskSupervisor.children(node, few)).toStrictEqual([]);
  });
});

describe('a task supervisor that is asked', () => {
  inBothPlaces('tells of its tasks and ends them', async (places) => {
    const { here, there } = places;
    const far = await startTaskSupervisor(there);
    const pid = await TaskSupervisor.startChild(there, far, sleepy);
    expect(await TaskSupervisor.children(here, far)).toEqual([pid]);
    await TaskSupervisor.terminateChild(here, far, pid);
    await quiet(places);
    expect(there.isAlive(pid)).toBe(false);
  });

  inBothPlaces('for a task starts it on its own node alone: functions do not travel', async (places) => {
    const { here, there, apart } = places;
    const far = await startTaskSupervisor(there);
    const me = await puppet(here);
    const starting = TaskSupervisor.async(me.self, far, () => 1);
    if (apart) await expect(starting).rejects.toThrow(UnsendableError);
    else expect(await Task.await(me.self, await starting)).toBe(1);
  });
});
