import {
  BadArgumentError,
  CallTimeoutError,
  GenServer,
  noReply,
  reply,
  startTaskSupervisor,
  sys,
  Task,
  TaskExitError,
  TaskSupervisor,
  type CallResult,
  type Node,
  type Next,
  type Self,
  type ServerPid,
  type TaskReply,
} from '@trestle/runtime';
import { lives, puppet, type Puppet } from '../support/both-places';
import { startScripted } from '../support/scripted-server';
import { inProcess, logOf, reasonOf, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

/* What a task does to its owner, and the owner to it: links, monitors, messages, and ends of every kind. */

let node: Node;
let clock: VirtualClock;
let owner: Puppet;

beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
  owner = await puppet(node);
});

const sleepy = (self: Self<any>): Promise<unknown> => self.receive();
const forever = (): Promise<never> => new Promise(() => {});
const boom = (): never => {
  throw new Error('boom');
};
const errorsOf = (): unknown[] => logOf(node).filter(({ level }) => level === 'error');
const errorOf = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => 'done',
    (error: unknown) => error,
  );

describe('a task that ends without a result', () => {
  it('by a normal exit fails its await, and does not end its owner', async () => {
    const task = Task.async(owner.self, (self) => self.exit('normal'));
    expect(await errorOf(Task.await(owner.self, task))).toMatchObject({
      code: 'ERR_TASK_EXIT',
      reason: 'normal',
    });
    expect(lives(node, owner)).toBe(true);
  });

  it('by an exit with a reason ends its owner with that', async () => {
    const end = await watch(node, owner.pid);
    Task.async(owner.self, (self) => self.exit('no result'));
    expect(await end.reason).toBe('no result');
  });

  it('because somebody kills it ends its owner with killed', async () => {
    const end = await watch(node, owner.pid);
    const task = Task.async(owner.self, sleepy);
    node.exitSignal(task.pid!, 'kill');
    expect(await end.reason).toBe('killed');
  });

  it('does not end an owner that has unlinked it: its await fails', async () => {
    const task = Task.async(owner.self, sleepy);
    owner.self.unlink(task.pid!);
    const awaited = errorOf(Task.await(owner.self, task));
    node.exitSignal(task.pid!, 'gone');
    expect(await awaited).toBeInstanceOf(TaskExitError);
    expect(lives(node, owner)).toBe(true);
  });

  it('gives an EXIT and a DOWN to an owner that traps exits and does not await it', async () => {
    const trapping = await puppet(node, true);
    const task = Task.async(trapping.self, boom);
    await settle();
    expect(trapping.inbox).toMatchObject([
      { type: 'EXIT', from: task.pid, reason: { message: 'boom' } },
      { type: 'DOWN', ref: task.ref, pid: task.pid, reason: { message: 'boom' } },
    ]);
  });

  it('gives an EXIT alone to one that awaits it', async () => {
    const trapping = await puppet(node, true);
    const task = Task.async(trapping.self, boom);
    expect(await errorOf(Task.await(trapping.self, task))).toMatchObject({ reason: { message: 'boom' } });
    await settle();
    expect(trapping.inbox).toMatchObject([{ type: 'EXIT', from: task.pid }]);
  });

  it('fails its await with what may have been done all the same', async () => {
    const trapping = await puppet(node, true);
    const error = await errorOf(Task.await(trapping.self, Task.async(trapping.self, boom)));
    expect(error.mayHaveBeenHandled).toBe(true);
    expect(error.message).toBe('Task.await: the task ended without a result: Error: boom');
  });

  it('takes along the tasks that it has started itself', async () => {
    const pids: any[] = [];
    const task = Task.async(owner.self, async (self) => {
      pids.push(Task.async(self, sleepy).pid);
      await sleepy(self);
    });
    owner.self.unlink(task.pid!);
    await settle();
    node.exitSignal(task.pid!, 'gone');
    await settle();
    expect(node.isAlive(pids[0])).toBe(false);
  });
});

describe('the end of the owner', () => {
  it.each(['shutdown', { type: 'shutdown', detail: 1 }, 'odd'])(
    'with %j ends its tasks with it',
    async (reason) => {
      const task = Task.async(owner.self, sleepy);
      const end = await watch(node, task.pid!);
      owner.self.exitSignal(owner.pid, reason);
      expect(await end.reason).toEqual(reason);
    },
  );

  it('by kill ends its tasks with killed', async () => {
    const task = Task.async(owner.self, sleepy);
    const end = await watch(node, task.pid!);
    node.exitSignal(owner.pid, 'kill');
    expect(await end.reason).toBe('killed');
  });

  it('is a message to a task that traps exits', async () => {
    let got: unknown;
    Task.async<any>(owner.self, async (self: Self<any>) => {
      self.trapExit(true);
      got = await self.receive('EXIT');
    });
    await settle();
    node.exitSignal(owner.pid, 'gone');
    await settle();
    expect(got).toMatchObject({ from: owner.pid, reason: 'gone' });
  });

  it('leaves a task of asyncNolink alone, whose result is dropped', async () => {
    const tasks = await startTaskSupervisor(node);
    const task = await TaskSupervisor.asyncNolink(owner.self, tasks, sleepy);
    node.exitSignal(owner.pid, 'kill');
    await settle();
    expect(node.isAlive(task.pid!)).toBe(true);
    node.send(task.pid!, 'finish');
    await settle();
    expect([node.isAlive(task.pid!), errorsOf()]).toEqual([false, []]);
  });

  it('while it shuts a task down does not save the task', async () => {
    for (const traps of [false, true]) {
      const its = await puppet(node);
      const task = Task.async<any>(its.self, async (self: Self<any>) => {
        self.trapExit(traps);
        for (;;) await self.receive();
      });
      await settle();
      let went = false;
      void Task.shutdown(its.self, task, 100).finally(() => (went = true));
      node.exitSignal(its.pid, 'kill');
      await clock.advance(100);
      expect([node.isAlive(task.pid!), went]).toEqual([false, false]);
    }
    expect(errorsOf()).toStrictEqual([]);
  });
});

describe('Task.shutdown', () => {
  it("gives the exit of a task that ends otherwise while it is shut down: 'killed' by another, too", async () => {
    const killed = Task.async<any>(owner.self, async (self: Self<any>) => {
      self.trapExit(true);
      for (;;) await self.receive();
    });
    await settle();
    const outcome = Task.shutdown(owner.self, killed, 1_000);
    await settle();
    node.exitSignal(killed.pid!, 'kill');
    expect(await outcome).toEqual({ status: 'exit', reason: 'killed' });
    const odd = Task.async<any>(owner.self, async (self: Self<any>) => {
      self.trapExit(true);
      await self.receive('EXIT');
      return self.exit('odd');
    });
    await settle();
    expect(await Task.shutdown(owner.self, odd)).toEqual({ status: 'exit', reason: 'odd' });
  });

  it('ends a task that its owner has done with: after a timeout of await, or ignored', async () => {
    owner.self.trapExit(true);
    const task = Task.async(owner.self, forever);
    const late = errorOf(Task.await(owner.self, task, { timeoutMs: 10 }));
    await clock.advance(10);
    expect(await late).toBeInstanceOf(CallTimeoutError);
    expect(await Task.shutdown(owner.self, task)).toBeUndefined();
    const ignored = Task.async(owner.self, forever);
    Task.ignore(owner.self, ignored);
    expect(await Task.shutdown(owner.self, ignored, 'brutalKill')).toBeUndefined();
    expect([node.isAlive(task.pid!), node.isAlive(ignored.pid!)]).toEqual([false, false]);
    expect(await Task.shutdown(owner.self, task)).toEqual({ status: 'exit', reason: 'noproc' });
  });

  it('has no result for an owner that has done with the task', async () => {
    const task = Task.async<any>(owner.self, async (self: Self<any>) => {
      self.trapExit(true);
      return self.receive('EXIT');
    });
    await settle();
    Task.ignore(owner.self, task);
    expect(await Task.shutdown(owner.self, task)).toEqual({ status: 'exit', reason: 'normal' });
  });

  it('gives nothing either if the task had ended before as it would be told to', async () => {
    owner.self.trapExit(true);
    const killed = Task.async(owner.self, forever);
    const ended = Task.async(owner.self, (self) => self.exit('shutdown'));
    node.exitSignal(killed.pid!, 'kill');
    await settle();
    expect(await Task.shutdown(owner.self, ended)).toBeUndefined();
    expect(await Task.shutdown(owner.self, killed, 'brutalKill')).toBeUndefined();
  });

  it('waits for as long as the task takes, with Infinity', async () => {
    const task = Task.async<any>(owner.self, async (self: Self<any>) => {
      self.trapExit(true);
      await self.receive('EXIT');
      return self.receive('finish');
    });
    await settle();
    const outcome = Task.shutdown(owner.self, task, Infinity);
    await clock.advance(86_400_000);
    node.send(task.pid!, { type: 'finish' });
    expect(await outcome).toMatchObject({ status: 'ok', value: { type: 'finish' } });
  });

  it('leaves nothing of the task in the mailbox, though it had come', async () => {
    const quietOwner = await inProcess(node, async (self) => {
      const task = Task.async(self, () => 'result');
      await settle();
      expect(await Task.shutdown(self, task)).toEqual({ status: 'ok', value: 'result' });
      return self.receive(undefined, { afterMs: 0 });
    });
    expect(quietOwner).toBeUndefined();
  });

  it('refuses what is no task, and what is no time', async () => {
    for (const wrong of [undefined, null, 5, owner.pid]) {
      expect(await errorOf(Task.shutdown(owner.self, wrong as never))).toBeInstanceOf(BadArgumentError);
    }
    const task = Task.async(owner.self, sleepy);
    expect(await errorOf(Task.shutdown(owner.self, task, 'kill' as never))).toBeInstanceOf(BadArgumentError);
    expect(node.isAlive(task.pid!)).toBe(true);
    await Task.shutdown(owner.self, task);
  });
});

describe('Task.yieldMany', () => {
  it.each(['nothing', 'ignore', 'killTask'] as const)(
    'may name a task twice, with onTimeout %s',
    async (onTimeout) => {
      const task = Task.async(owner.self, forever);
      const over = Task.async(owner.self, () => 1);
      await settle();
      const outcomes = Task.yieldMany(owner.self, [task, over, task, over], { timeoutMs: 10, onTimeout });
      await clock.advance(10);
      const one = { status: 'ok', value: 1 };
      expect((await outcomes).map(([, outcome]) => outcome)).toStrictEqual([undefined, one, undefined, one]);
      expect(node.isAlive(task.pid!)).toBe(onTimeout !== 'killTask');
    },
  );
});

describe('the result of a task', () => {
  it('does not arrive at an owner that has taken the monitor of the task away', async () => {
    const task = Task.async<any>(owner.self, (self: Self<any>) => self.receive());
    expect(owner.self.demonitor(task.ref, { flush: true })).toBe(true);
    node.send(task.pid!, 'result');
    await settle();
    expect(owner.inbox.filter((message) => message.type !== 'EXIT')).toStrictEqual([]);
  });

  it('does not arrive after a failure of awaitMany that is caught, nor does the end of the task', async () => {
    owner.self.trapExit(true);
    const slow = Task.async<any>(owner.self, (self: Self<any>) => self.receive());
    const bad = Task.async(owner.self, (self) => self.exit('boom'));
    expect(await errorOf(Task.awaitMany(owner.self, [slow, bad]))).toBeInstanceOf(TaskExitError);
    node.send(slow.pid!, 'result');
    await settle();
    expect(owner.inbox.filter((message) => message.type !== 'EXIT')).toStrictEqual([]);
  });
});

describe('a server', () => {
  /** Has its calls answered by tasks: at once, or by a message later. */
  class Delegating extends GenServer<any, any, ServerPid<TaskSupervisor>> {
    readonly waiting = new Map<string, any>();
    readonly seen: unknown[] = [];
    private tasks!: ServerPid<TaskSupervisor>;
    override init(tasks: ServerPid<TaskSupervisor>): void {
      this.tasks = tasks;
    }
    override async handleCall(request: any, from: any): Promise<CallResult> {
      if (request.type === 'await') {
        const task = Task.async(this.self, () => request.value as unknown);
        return reply(request, (await Task.await(this.self, task)) as never);
      }
      const work = request.type === 'fail' ? boom : (): unknown => request.value;
      const task = await TaskSupervisor.asyncNolink(this.self, this.tasks, work);
      this.waiting.set(task.ref, from);
      return noReply();
    }
    override handleInfo(message: any): Next {
      this.seen.push(message.type);
      const from = this.waiting.get(message.ref as string);
      this.waiting.delete(message.ref as string);
      if (message.type === 'taskReply') {
        this.self.demonitor((message as TaskReply).ref, { flush: true });
        from.reply(message.value);
      } else from.reply(`failed: ${String(message.reason.message)}`);
    }
  }

  let server: ServerPid<Delegating>;
  beforeEach(async () => {
    server = await node.start(Delegating, { args: await startTaskSupervisor(node) });
  });

  it('can await a task in a callback', async () => {
    expect(await node.call(server, { type: 'await', value: 1 })).toBe(1);
  });

  it('can go on, be told the result by a message, and then demonitor: no DOWN follows', async () => {
    const calls = [1, 2, 3].map((value) => node.call(server, { type: 'later', value }));
    expect(await Promise.all(calls)).toEqual([1, 2, 3]);
    await settle();
    expect(await sys.getState(node, server)).toMatchObject({ seen: ['taskReply', 'taskReply', 'taskReply'] });
  });

  it('is told of the failure of a task by a DOWN, and lives on', async () => {
    expect(await node.call(server, { type: 'fail' })).toBe('failed: boom');
    expect(await node.call(server, { type: 'later', value: 5 })).toBe(5);
  });

  it('ends with a task that it is linked to and that fails, and its callers hear why', async () => {
    const { pid } = await startScripted(node, {
      call: async (request, _from, me) =>
        reply(request, await Task.await(me.self, Task.async(me.self, boom))),
    });
    expect(await errorOf(node.call(pid, 'x'))).toMatchObject({
      code: 'ERR_SERVER_EXIT',
      reason: { message: 'boom' },
    });
  });
});

describe('a task', () => {
  it('may call, await tasks of its own, and be awaited by its owner alone', async () => {
    const { pid } = await startScripted(node);
    const task = Task.async(owner.self, async (self) => {
      const inner = Task.async(self, (its) => its.call(pid, 'called'));
      expect(await errorOf(Task.await(owner.self, inner))).toBeInstanceOf(BadArgumentError);
      return Task.await(self, inner);
    });
    expect(await Task.await(owner.self, task)).toBe('called');
  });

  it('may send messages to its owner, which come before its result', async () => {
    const task = Task.async(owner.self, (self) => {
      self.send(owner.pid, 'progress');
      return 'result';
    });
    await settle();
    expect(owner.inbox).toMatchObject([
      'progress',
      { type: 'taskReply', ref: task.ref, value: 'result' },
      { type: 'DOWN' },
    ]);
  });

  it('has ended when its result is there', async () => {
    const task = Task.async(owner.self, () => 'result');
    await Task.await(owner.self, task);
    await settle();
    expect(node.isAlive(task.pid!)).toBe(false);
  });

  it('can be awaited after its end, for as long as it was not', async () => {
    const task = Task.async(owner.self, () => 'result');
    await clock.advance(3_600_000);
    expect(await Task.await(owner.self, task, { timeoutMs: 0 })).toBe('result');
  });

  it('is not restarted, whatever ends it', async () => {
    const tasks = await startTaskSupervisor(node);
    let runs = 0;
    const task = await TaskSupervisor.asyncNolink(owner.self, tasks, () => {
      runs += 1;
      boom();
    });
    await errorOf(Task.await(owner.self, task));
    await settle();
    expect([runs, await TaskSupervisor.children(node, tasks)]).toEqual([1, []]);
  });

  it('that fails is logged once, with what it was', async () => {
    const end = await reasonOf(node, (self) => Task.await(self, Task.async(self, boom)));
    expect(end).toMatchObject({ message: 'boom' });
    expect(errorsOf().length).toBe(1);
  });

  it.each([
    ['on purpose', 1],
    ['shutdown', 0],
    ['normal', 0],
  ])('that exits with %s is logged so often: %d', async (reason, count) => {
    const trapping = await puppet(node, true);
    Task.async(trapping.self, (self) => self.exit(reason));
    await settle();
    expect(errorsOf()).toHaveLength(count);
  });
});
