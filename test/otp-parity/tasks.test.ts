import {
  BadArgumentError,
  CallTimeoutError,
  GenServer,
  Task,
  TaskExitError,
  taskSpec,
  startSupervisor,
  Supervisor,
  type Node,
  type Self,
} from '@trestle/runtime';
import { inBothPlaces, lives, puppet, quiet, type Puppet } from '../support/both-places';
import { inProcess, logOf, reasonOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

let node: Node;
let clock: VirtualClock;

beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
});

const forever = (): Promise<never> => new Promise(() => {});
const boom = (): never => {
  throw new Error('boom');
};
const sleepy = (self: Self): Promise<unknown> => self.receive();
/** A task that traps exits, and does not care. */
const stubborn = async (self: Self<any>): Promise<void> => {
  self.trapExit(true);
  for (;;) await self.receive();
};

describe('Task.async and Task.await', () => {
  it('execute a function in a process of its own, and give its result', async () => {
    const [result, own] = await inProcess(node, async (self) => {
      const task = Task.async(self, (its) => its.pid);
      return [await Task.await(self, task), task.pid];
    });
    expect(result).toBe(own);
  });

  it('await an async function', async () => {
    const result = await inProcess(node, (self) =>
      Task.await(
        self,
        Task.async(self, async () => Promise.resolve(42)),
      ),
    );
    expect(result).toBe(42);
  });

  it('let the caller go on in the meantime', async () => {
    const order: string[] = [];
    await inProcess(node, async (self) => {
      const task = Task.async(self, () => order.push('task'));
      order.push('caller');
      await Task.await(self, task);
    });
    expect(order).toEqual(['caller', 'task']);
  });

  it('tell owner, pid and reference of a task', async () => {
    const owner = await puppet(node);
    const task = Task.async(owner.self, sleepy);
    expect(task).toMatchObject({ owner: owner.pid, pid: expect.any(String), ref: expect.any(String) });
    expect(node.isAlive(task.pid!)).toBe(true);
  });

  it('link the task to its caller: a failure of the task ends the caller with the same reason', async () => {
    const reason = await reasonOf(node, async (self) => Task.await(self, Task.async(self, boom)));
    expect(reason).toMatchObject({ type: 'error', message: 'boom' });
  });

  it('end the caller of a task that fails even if it does not await it', async () => {
    const reason = await reasonOf(node, async (self) => {
      Task.async(self, boom);
      await self.receive();
    });
    expect(reason).toMatchObject({ type: 'error', message: 'boom' });
  });

  it('fail with the reason of the task, if its caller traps exits', async () => {
    const [error, message] = await inProcess(node, async (self) => {
      self.trapExit(true);
      const task = Task.async(self, boom);
      const failure = await Task.await(self, task).catch((e: unknown) => e);
      return [failure, await self.receive('EXIT')];
    });
    expect(error).toBeInstanceOf(TaskExitError);
    expect(error).toMatchObject({
      code: 'ERR_TASK_EXIT',
      reason: { message: 'boom' },
      message: 'Task.await: the task ended without a result: Error: boom',
    });
    expect(message.reason).toMatchObject({ message: 'boom' });
  });

  it('end the task when its caller ends with another reason than normal', async () => {
    const owner = await puppet(node);
    const task = Task.async(owner.self, forever);
    const { reason } = await watch(node, task.pid!);
    node.exitSignal(owner.pid, 'enough');
    expect(await reason).toBe('enough');
  });

  it('let the task go on when its caller ends normally', async () => {
    let task!: Task<unknown>;
    await reasonOf(node, (self) => void (task = Task.async(self, sleepy)));
    expect(node.isAlive(task.pid!)).toBe(true);
  });

  it('wait for 5,000 milliseconds unless told otherwise', async () => {
    const owner = await puppet(node);
    const late = expect(Task.await(owner.self, Task.async(owner.self, sleepy))).rejects.toThrow(
      new CallTimeoutError('Task.await', 5_000),
    );
    await clock.advance(4_999);
    expect(clock.runningTimers).toBe(1);
    await clock.advance(1);
    await late;
  });

  it('end the caller that does not catch the timeout, and by the link the task', async () => {
    let task!: Task<unknown>;
    const reason = reasonOf(node, async (self) => {
      task = Task.async(self, forever);
      await Task.await(self, task, { timeoutMs: 10 });
    });
    await clock.advance(10);
    expect(await reason).toMatchObject({ code: 'ERR_CALL_TIMEOUT' });
    expect(node.isAlive(task.pid!)).toBe(false);
  });

  it('let the task go on after a timeout that is caught, and nothing of it arrives any more', async () => {
    const owner = await puppet(node, true);
    const task = Task.async(owner.self, sleepy);
    const late = expect(Task.await(owner.self, task, { timeoutMs: 10 })).rejects.toThrow(CallTimeoutError);
    await clock.advance(10);
    await late;
    expect(node.isAlive(task.pid!)).toBe(true);
    node.send(task.pid!, 'go on');
    await settle();
    expect(owner.inbox).toEqual([{ type: 'EXIT', from: task.pid, reason: 'normal' }]);
  });

  it('wait for as long as it takes, with Infinity', async () => {
    const owner = await puppet(node);
    const task = Task.async(owner.self, sleepy);
    const result = Task.await(owner.self, task, { timeoutMs: Infinity });
    await clock.advance(10_000_000);
    node.send(task.pid!, 'done');
    expect(await result).toBe('done');
  });

  it('allow nobody but the owner to await', async () => {
    const owner = await puppet(node);
    const other = await puppet(node);
    const task = Task.async(owner.self, () => 1);
    await expect(Task.await(other.self, task)).rejects.toThrow(
      `Task.await: expected the owner of the task, ${owner.pid}, got '${other.pid}'`,
    );
    await expect(Task.await(node, task)).rejects.toThrow(BadArgumentError);
    expect(await Task.await(owner.self, task)).toBe(1);
  });

  it('give a result once', async () => {
    const owner = await puppet(node);
    const task = Task.async(owner.self, () => 1);
    await Task.await(owner.self, task);
    await expect(Task.await(owner.self, task)).rejects.toThrow(
      'Task.await: expected a task that was not awaited, shut down or ignored before',
    );
  });

  it('refuse to execute what is no function', () => {
    expect(() => Task.async(node, 'fn' as never)).toThrow("Task.async: expected a function, got 'fn'");
    expect(() => Task.async({} as never, () => 1)).toThrow('expected a node or a process');
  });

  it('log the error of a task with whose it is', async () => {
    const owner = await puppet(node, true);
    Task.async(owner.self, boom);
    await settle();
    expect(JSON.stringify(logOf(node))).toContain(`task of ${owner.pid}`);
  });

  it('serve code that is no process by its node, with no link', async () => {
    expect(
      await Task.await(
        node,
        Task.async(node, () => 1),
      ),
    ).toBe(1);
    await expect(Task.await(node, Task.async(node, boom))).rejects.toMatchObject({
      reason: { message: 'boom' },
    });
  });
});

describe('the result of a task that nobody awaits', () => {
  it('is a message to its owner, and its end a DOWN', async () => {
    const owner = await puppet(node);
    const { ref, pid } = Task.async(owner.self, () => 42);
    await settle();
    expect(owner.inbox).toEqual([
      { type: 'taskReply', ref, value: 42 },
      { type: 'DOWN', ref, pid, reason: 'normal' },
    ]);
  });

  it('waits in the mailbox, from where await takes it with its DOWN', async () => {
    const left = await inProcess(node, async (self) => {
      const task = Task.async(self, () => 42);
      await settle();
      const value = await Task.await(self, task);
      return [value, await self.receive(undefined, { afterMs: 0 })];
    });
    expect(left).toStrictEqual([42, undefined]);
  });

  it('is not put into the mailbox of one who awaits it', async () => {
    const owner = await puppet(node);
    expect(
      await Task.await(
        owner.self,
        Task.async(owner.self, () => 1),
      ),
    ).toBe(1);
    await settle();
    expect(owner.inbox).toStrictEqual([]);
  });

  it('reaches a server by handleInfo, which goes on in the meantime', async () => {
    const seen: unknown[] = [];
    class Asker extends GenServer {
      override init(): undefined {
        Task.async(this.self, async () => Promise.resolve('found'));
      }
      override handleInfo(message: any): void {
        seen.push(message.type);
      }
    }
    await node.start(Asker);
    await settle();
    expect(seen).toEqual(['taskReply', 'DOWN']);
  });

  it('does not disturb a receive that looks for something else', async () => {
    const got = await inProcess(node, async (self) => {
      const task = Task.async(self, () => 1);
      await settle();
      const wanted = self.receive('wanted' as never);
      await settle();
      const value = await Task.await(self, task);
      self.send(self.pid, { type: 'wanted' });
      return [value, await wanted];
    });
    expect(got).toEqual([1, { type: 'wanted' }]);
  });
});

describe('Task.awaitMany', () => {
  it('gives the results in the order of the tasks', async () => {
    const owner = await puppet(node);
    const slow = Task.async(owner.self, sleepy);
    const quick = Task.async(owner.self, () => 'quick');
    const all = Task.awaitMany(owner.self, [slow, quick]);
    await settle();
    node.send(slow.pid!, 'slow');
    expect(await all).toEqual(['slow', 'quick']);
    expect(await Task.awaitMany(owner.self, [])).toStrictEqual([]);
  });

  it('fails as soon as one of the tasks fails', async () => {
    const owner = await puppet(node, true);
    const slow = Task.async(owner.self, sleepy);
    const bad = Task.async(owner.self, boom);
    await expect(Task.awaitMany(owner.self, [slow, bad])).rejects.toMatchObject({
      code: 'ERR_TASK_EXIT',
      reason: { message: 'boom' },
    });
    expect(await Task.shutdown(owner.self, slow)).toBeUndefined();
  });

  it('is told when it gets no array of tasks', async () => {
    const { self } = await puppet(node);
    const none = 5 as never;
    await expect(Task.awaitMany(self, none)).rejects.toThrow(
      'Task.awaitMany: expected an array of tasks, got 5',
    );
    await expect(Task.yieldMany(self, none)).rejects.toThrow(
      'Task.yieldMany: expected an array of tasks, got 5',
    );
  });

  it('has one time for all tasks', async () => {
    const owner = await puppet(node);
    const tasks = [1, 2].map(() => Task.async(owner.self, sleepy));
    const late = expect(Task.awaitMany(owner.self, tasks, { timeoutMs: 100 })).rejects.toThrow(
      'Task.awaitMany: no reply within 100 ms',
    );
    await clock.advance(60);
    node.send(tasks[0]!.pid!, 'in time');
    await clock.advance(40);
    await late;
  });
});

describe('Task.yield', () => {
  let owner: Puppet;
  beforeEach(async () => (owner = await puppet(node, true)) as never);

  it('gives the result of a task that is over in time', async () => {
    expect(
      await Task.yield(
        owner.self,
        Task.async(owner.self, () => 1),
      ),
    ).toEqual({ status: 'ok', value: 1 });
  });

  it('gives nothing if it is not, and can be called again', async () => {
    const task = Task.async(owner.self, sleepy);
    const early = Task.yield(owner.self, task, { timeoutMs: 10 });
    await clock.advance(10);
    expect(await early).toBeUndefined();
    const again = Task.yield(owner.self, task);
    node.send(task.pid!, 'now');
    expect(await again).toEqual({ status: 'ok', value: 'now' });
  });

  it('gives the exit of a task that failed', async () => {
    expect(await Task.yield(owner.self, Task.async(owner.self, boom))).toMatchObject({
      status: 'exit',
      reason: { message: 'boom' },
    });
  });

  it('leaves the result to the next one who asks, if it came too late', async () => {
    const task = Task.async(owner.self, sleepy);
    const early = Task.yield(owner.self, task, { timeoutMs: 10 });
    await clock.advance(10);
    await early;
    node.send(task.pid!, 'late');
    await settle();
    expect(await Task.await(owner.self, task)).toBe('late');
  });
});

describe('Task.yieldMany', () => {
  let owner: Puppet;
  beforeEach(async () => (owner = await puppet(node, true)) as never);

  it('gives each task with how it ended, or nothing', async () => {
    const [quick, bad, slow] = [() => 1, boom, sleepy].map((fn) => Task.async<unknown>(owner.self, fn));
    const asked = Task.yieldMany(owner.self, [quick!, bad!, slow!], { timeoutMs: 10 });
    await clock.advance(10);
    expect(await asked).toStrictEqual([
      [quick, { status: 'ok', value: 1 }],
      [bad, { status: 'exit', reason: expect.objectContaining({ message: 'boom' }) }],
      [slow, undefined],
    ]);
    expect(node.isAlive(slow!.pid!)).toBe(true);
  });

  it('waits for no more than limit tasks', async () => {
    const tasks = [sleepy, () => 2, sleepy].map((fn) => Task.async<unknown>(owner.self, fn));
    const asked = await Task.yieldMany(owner.self, tasks, { limit: 1 });
    expect(asked.map(([, outcome]) => outcome?.status)).toStrictEqual([undefined, 'ok', undefined]);
  });

  it('hands out no more than limit results: the others can be asked for', async () => {
    const tasks = [1, 2, 3].map((value) => Task.async(owner.self, () => value));
    await settle();
    const asked = await Task.yieldMany(owner.self, tasks, { limit: 2 });
    expect(asked.map(([, outcome]) => outcome?.status)).toStrictEqual(['ok', 'ok', undefined]);
    expect(await Task.await(owner.self, tasks[2]!)).toBe(3);
  });

  it.each(['ignore', 'killTask'] as const)(
    'that has its limit in time takes nobody for late, with onTimeout %s neither',
    async (onTimeout) => {
      const tasks = [sleepy, () => 2].map((fn) => Task.async<unknown>(owner.self, fn));
      const asked = await Task.yieldMany(owner.self, tasks, { limit: 1, onTimeout });
      expect(asked.map(([, outcome]) => outcome?.status)).toStrictEqual([undefined, 'ok']);
      node.send(tasks[0]!.pid!, 'on');
      expect(await Task.await(owner.self, tasks[0]!)).toBe('on');
    },
  );

  it.each([
    ['ignore', true],
    ['killTask', false],
  ] as const)('with onTimeout %s does so with those that are late', async (onTimeout, goesOn) => {
    const task = Task.async(owner.self, stubborn);
    const asked = Task.yieldMany(owner.self, [task], { timeoutMs: 10, onTimeout });
    await clock.advance(10);
    expect(await asked).toStrictEqual([[task, undefined]]);
    expect(node.isAlive(task.pid!)).toBe(goesOn);
    await expect(Task.yield(owner.self, task)).rejects.toThrow(BadArgumentError);
  });
});

describe('Task.shutdown', () => {
  it('unlinks the task and ends it: nothing of that reaches the owner', async () => {
    const owner = await puppet(node);
    const task = Task.async(owner.self, sleepy);
    expect(await Task.shutdown(owner.self, task)).toBeUndefined();
    expect(node.isAlive(task.pid!)).toBe(false);
    await settle();
    expect(lives(node, owner)).toBe(true);
    expect(owner.inbox).toStrictEqual([]);
  });

  it('kills a task that does not end in time, and says so', async () => {
    const owner = await puppet(node);
    const task = Task.async(owner.self, stubborn);
    const down = Task.shutdown(owner.self, task, 100);
    await clock.advance(99);
    expect(node.isAlive(task.pid!)).toBe(true);
    await clock.advance(1);
    expect(await down).toEqual({ status: 'exit', reason: 'killed' });
    expect(node.isAlive(task.pid!)).toBe(false);
  });

  it('kills at once with brutalKill', async () => {
    const owner = await puppet(node);
    const task = Task.async(owner.self, stubborn);
    await settle();
    expect(await Task.shutdown(owner.self, task, 'brutalKill')).toBeUndefined();
    expect(node.isAlive(task.pid!)).toBe(false);
  });

  it('gives the result of a task that replied before or while it was shut down', async () => {
    const owner = await puppet(node);
    const early = Task.async(owner.self, () => 1);
    await settle();
    expect(await Task.shutdown(owner.self, early)).toEqual({ status: 'ok', value: 1 });
    const polite = Task.async<any>(owner.self, async (self: Self<any>) => {
      self.trapExit(true);
      return (await self.receive('EXIT')).reason;
    });
    await settle();
    expect(await Task.shutdown(owner.self, polite)).toEqual({ status: 'ok', value: 'shutdown' });
  });

  it('gives the exit of a task that failed', async () => {
    const owner = await puppet(node, true);
    const task = Task.async(owner.self, boom);
    await settle();
    expect(await Task.shutdown(owner.self, task)).toMatchObject({ status: 'exit' });
  });

  it("gives the exit 'noproc' of a task that its owner has done with", async () => {
    const owner = await puppet(node);
    const task = Task.async(owner.self, () => 1);
    await Task.await(owner.self, task);
    expect(await Task.shutdown(owner.self, task)).toEqual({ status: 'exit', reason: 'noproc' });
  });

  it('takes milliseconds, or brutalKill', async () => {
    const { self } = await puppet(node);
    const task = Task.completed(self, 1);
    await expect(Task.shutdown(self, task, 'brutal' as never)).rejects.toThrow(
      "Task.shutdown: expected shutdownMs: milliseconds (0 or more, or Infinity) or 'brutalKill', got 'brutal'",
    );
  });

  it('is for the owner alone', async () => {
    const [owner, other] = [await puppet(node), await puppet(node)];
    await expect(Task.shutdown(other.self, Task.async(owner.self, sleepy))).rejects.toThrow(BadArgumentError);
  });
});

describe('Task.ignore', () => {
  it('lets the task go on, unlinked, and its result is dropped', async () => {
    const owner = await puppet(node, true);
    const task = Task.async(owner.self, sleepy);
    expect(Task.ignore(owner.self, task)).toBeUndefined();
    node.send(task.pid!, 'unheard');
    await settle();
    expect(owner.inbox).toStrictEqual([]);
    await expect(Task.await(owner.self, task)).rejects.toThrow(BadArgumentError);
  });

  it('gives the result of a task that is over', async () => {
    const owner = await puppet(node);
    const task = Task.async(owner.self, () => 1);
    await settle();
    expect(Task.ignore(owner.self, task)).toEqual({ status: 'ok', value: 1 });
  });
});

describe('Task.completed', () => {
  it('is a task that has its result from the start, and no process', async () => {
    const owner = await puppet(node);
    const task = Task.completed(owner.self, 42);
    expect(task.pid).toBeUndefined();
    expect(await Task.awaitMany(owner.self, [task, Task.async(owner.self, () => 1)])).toEqual([42, 1]);
    expect(await Task.shutdown(owner.self, Task.completed(owner.self, 1))).toEqual({
      status: 'ok',
      value: 1,
    });
  });
});

describe('a task as a child of a supervisor', () => {
  it('is temporary: it is executed once', async () => {
    let runs = 0;
    const children = [taskSpec(() => (runs += 1)), taskSpec(boom, { id: 'bad' })];
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne', children });
    await settle();
    expect(runs).toBe(1);
    expect(await Supervisor.whichChildren(node, supervisor)).toStrictEqual([]);
  });
});

describe('a process linked to a task, or monitoring it', () => {
  inBothPlaces('hears why the task ended', async (places) => {
    const { here, there } = places;
    const owner = await puppet(here, true);
    const friend = await puppet(there, true);
    const task = Task.async(owner.self, sleepy);
    friend.self.link(task.pid!);
    const ref = friend.self.monitor(task.pid!);
    await quiet(places);
    await Task.shutdown(owner.self, task);
    await quiet(places);
    expect(friend.inbox).toEqual(
      expect.arrayContaining([
        { type: 'EXIT', from: task.pid, reason: 'shutdown' },
        { type: 'DOWN', ref, pid: task.pid, reason: 'shutdown' },
      ]),
    );
  });

  inBothPlaces('ends the task, and by the task its owner', async (places) => {
    const { here, there } = places;
    const owner = await puppet(here);
    const friend = await puppet(there);
    const task = Task.async(owner.self, sleepy);
    friend.self.link(task.pid!);
    await quiet(places);
    there.exitSignal(friend.pid, 'gone');
    await quiet(places);
    expect([here.isAlive(task.pid!), lives(here, owner)]).toEqual([false, false]);
  });
});
