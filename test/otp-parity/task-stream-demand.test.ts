import {
  BadArgumentError,
  CallTimeoutError,
  ChildError,
  reply,
  startTaskSupervisor,
  Task,
  TaskSupervisor,
  type Node,
  type Pid,
  type Self,
} from '@trestle/runtime';
import { puppet, type Puppet } from '../support/both-places';
import { startScripted } from '../support/scripted-server';
import { inProcess, settle, startTestNode } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

/* What a stream of tasks does for whom: demand and back-pressure, ends of every kind, and time. */

let node: Node;
let clock: VirtualClock;
let owner: Puppet;
let before: Set<Pid>;

beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
  owner = await puppet(node, true);
  before = new Set(node.processes());
});

/** The tasks that run. */
const tasks = (): Pid[] => node.processes().filter((pid) => !before.has(pid));
const sleepy = (_item: unknown, self: Self<any>): Promise<unknown> => self.receive();
const errorOf = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => 'done',
    (error: unknown) => error,
  );

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const outcome of stream) all.push(outcome);
  return all;
}

/** 0, 1, 2 …: how many of them were taken, and whether it was closed. */
function counter(): { items: Generator<number>; taken: () => number; closed: () => boolean } {
  let taken = 0;
  let closed = false;
  function* count(): Generator<number> {
    try {
      for (;;) yield taken++;
    } finally {
      closed = true;
    }
  }
  return { items: count(), taken: () => taken, closed: () => closed };
}

describe('the demand of a stream', () => {
  it('takes no item before it is asked, nor does it close what it has not opened', async () => {
    const { items, taken } = counter();
    const stream = Task.asyncStream(owner.self, items, (n) => n);
    await settle();
    expect(taken()).toBe(0);
    await stream.return();
    expect(taken()).toBe(0);
  });

  it('takes no more items than it has tasks for', async () => {
    const { items, taken } = counter();
    const stream = Task.asyncStream(owner.self, items, sleepy, { maxConcurrency: 3 });
    const first = stream.next();
    await settle();
    expect([taken(), tasks().length]).toEqual([3, 3]);
    node.send(tasks()[0]!, 'x');
    expect((await first).value).toEqual({ status: 'ok', value: 'x' });
    await stream.return();
  });

  it('of an endless source ends with who asks: the others are killed, and the source is closed', async () => {
    const { items, taken, closed } = counter();
    const got: unknown[] = [];
    for await (const outcome of Task.asyncStream(owner.self, items, (n) => n * 10, { maxConcurrency: 2 })) {
      got.push(outcome);
      if (got.length === 3) break;
    }
    expect(got).toEqual([0, 10, 20].map((value) => ({ status: 'ok', value })));
    await settle();
    expect([closed(), tasks()]).toEqual([true, []]);
    expect(taken()).toBeLessThanOrEqual(3 + 2);
  });

  it('with one task at a time executes one item after another', async () => {
    const steps: string[] = [];
    const work = async (n: number): Promise<number> => {
      steps.push(`+${String(n)}`);
      await Promise.resolve();
      steps.push(`-${String(n)}`);
      return n;
    };
    await collect(Task.asyncStream(owner.self, [1, 2, 3], work, { maxConcurrency: 1 }));
    expect(steps).toEqual(['+1', '-1', '+2', '-2', '+3', '-3']);
  });

  it('keeps early outcomes of an ordered stream until their turn', async () => {
    const stream = Task.asyncStream(owner.self, ['slow', 'fast'], sleepy, { maxConcurrency: 2 });
    const first = stream.next();
    await settle();
    const [slow, fast] = tasks();
    node.send(fast!, 'second');
    await settle();
    node.send(slow!, 'first');
    expect([(await first).value, (await stream.next()).value]).toMatchObject([
      { value: 'first' },
      { value: 'second' },
    ]);
  });

  it('may be shared: each outcome goes to one who asks', async () => {
    const stream = Task.asyncStream(owner.self, [1, 2, 3, 4], (n) => n);
    const halves = await Promise.all([collect(stream), collect(stream)]);
    expect(
      halves
        .flat()
        .map((outcome: any) => outcome.value)
        .sort(),
    ).toEqual([1, 2, 3, 4]);
  });

  it('may come from a stream', async () => {
    const inner = Task.asyncStream(owner.self, [1, 2, 3], (n) => n + 1);
    const outer = Task.asyncStream(owner.self, inner, (outcome: any) => outcome.value * 2);
    expect((await collect(outer)).map((outcome: any) => outcome.value)).toEqual([4, 6, 8]);
  });

  it('is over for good when it is over', async () => {
    const stream = Task.asyncStream(owner.self, [1], (n) => n);
    await collect(stream);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});

describe('an outcome of a stream', () => {
  it('that is an exit names the item', async () => {
    const work = (n: number): number => {
      if (n === 2) throw new Error('not two');
      return n;
    };
    expect(await collect(Task.asyncStream(owner.self, [1, 2, 3], work))).toMatchObject([
      { status: 'ok', value: 1 },
      { status: 'exit', item: 2, reason: { message: 'not two' } },
      { status: 'ok', value: 3 },
    ]);
  });

  it('can be any exit: normal, killed, a reason of its own', async () => {
    const work = (how: string, self: Self<any>): unknown => {
      if (how === 'killed') self.exitSignal(self.pid, 'kill');
      return self.exit(how);
    };
    const outcomes = await collect(Task.asyncStream(owner.self, ['normal', 'killed', 'odd'], work));
    expect(outcomes.map((outcome: any) => outcome.reason)).toEqual(['normal', 'killed', 'odd']);
  });

  it('of a rejected promise is an exit', async () => {
    const outcomes = await collect(
      Task.asyncStream(owner.self, [1], () => Promise.reject(new Error('later'))),
    );
    expect(outcomes).toMatchObject([{ status: 'exit', reason: { message: 'later' } }]);
  });

  it('may be nothing', async () => {
    expect(await collect(Task.asyncStream(owner.self, [undefined, null], (item) => item))).toEqual([
      { status: 'ok', value: undefined },
      { status: 'ok', value: null },
    ]);
  });
});

describe('the time of a stream', () => {
  it('is no limit with Infinity', async () => {
    const stream = Task.asyncStream(owner.self, [1], sleepy, { timeoutMs: Infinity });
    const first = stream.next();
    await clock.advance(86_400_000);
    node.send(tasks()[0]!, 'at last');
    expect((await first).value).toEqual({ status: 'ok', value: 'at last' });
  });

  it('runs for a task while nobody asks', async () => {
    const options = { maxConcurrency: 2, timeoutMs: 100, onTimeout: 'killTask' } as const;
    const stream = Task.asyncStream(owner.self, [1, 2], sleepy, options);
    const first = stream.next();
    await settle();
    node.send(tasks()[0]!, 'x');
    expect((await first).value).toMatchObject({ value: 'x' });
    await clock.advance(100);
    expect(tasks()).toStrictEqual([]);
    expect((await stream.next()).value).toEqual({ status: 'exit', reason: 'timeout', item: 2 });
  });

  it('that is over ends all tasks and the source, and the stream', async () => {
    const { items, closed } = counter();
    const stream = Task.asyncStream(owner.self, items, sleepy, { maxConcurrency: 2, timeoutMs: 100 });
    const first = errorOf(stream.next());
    await clock.advance(100);
    expect(await first).toBeInstanceOf(CallTimeoutError);
    await settle();
    expect([tasks(), closed(), owner.inbox]).toEqual([[], true, []]);
    expect((await stream.next()).done).toBe(true);
  });

  it.each([true, false])('that is over takes no outcome away that was ready: ordered %s', async (ordered) => {
    const options = { maxConcurrency: 3, timeoutMs: 100, ordered };
    const stream = Task.asyncStream(owner.self, [1, 2, 3, 4], sleepy, options);
    const first = stream.next();
    await settle();
    const [one, two, three] = tasks();
    for (const task of [one, two]) node.send(task!, 'in time');
    expect((await first).value).toMatchObject({ value: 'in time' });
    await clock.advance(100);
    expect([node.isAlive(three!), tasks()]).toEqual([false, []]);
    expect((await stream.next()).value).toEqual({ status: 'ok', value: 'in time' });
    expect(await errorOf(stream.next())).toBeInstanceOf(CallTimeoutError);
  });

  it('kills a task that traps exits as well', async () => {
    const stubborn = async (_item: unknown, self: Self<any>): Promise<void> => {
      self.trapExit(true);
      for (;;) await self.receive();
    };
    const all = collect(Task.asyncStream(owner.self, [1], stubborn, { timeoutMs: 5, onTimeout: 'killTask' }));
    await clock.advance(5);
    expect(await all).toEqual([{ status: 'exit', reason: 'timeout', item: 1 }]);
  });
});

describe('the consumer of a stream', () => {
  it('that throws ends what runs', async () => {
    const consume = async (): Promise<void> => {
      for await (const _ of Task.asyncStream(owner.self, [1, 2, 3], (n, self) =>
        n === 1 ? n : sleepy(n, self),
      )) {
        throw new Error('enough');
      }
    };
    await expect(consume()).rejects.toThrow('enough');
    await settle();
    expect(tasks()).toStrictEqual([]);
  });

  it('can be a callback of a server', async () => {
    const { pid } = await startScripted(node, {
      call: async (request, _from, me) => {
        const outcomes = await collect(Task.asyncStream(me.self, request as number[], (n) => n * n));
        return reply(request, outcomes.map((outcome: any) => outcome.value) as never);
      },
    });
    expect(await node.call(pid, [1, 2, 3])).toEqual([1, 4, 9]);
  });

  it('that is killed never goes on, and its tasks are gone', async () => {
    const steps: string[] = [];
    const consumer = node.spawn<any>(async (self) => {
      steps.push('asks');
      for await (const _ of Task.asyncStream(self, [1, 2], sleepy)) steps.push('goes on');
    });
    await settle();
    node.exitSignal(consumer, 'kill');
    await settle();
    expect([steps, tasks()]).toEqual([['asks'], []]);
  });

  it('may be code that is no process: a failure is an outcome, and ends nobody', async () => {
    const outcomes = await collect(
      Task.asyncStream(node, [1, 2], (n) => (n === 1 ? Promise.reject(new Error('x')) : n)),
    );
    expect(outcomes).toMatchObject([
      { status: 'exit', item: 1 },
      { status: 'ok', value: 2 },
    ]);
  });
});

describe('a supervised stream', () => {
  it('counts against maxChildren: it fails when the supervisor is full, and ends what it has begun', async () => {
    const supervisor = await startTaskSupervisor(node, { maxChildren: 2 });
    before = new Set(node.processes());
    const stream = TaskSupervisor.asyncStreamNolink(owner.self, supervisor, [1, 2, 3], sleepy, {
      maxConcurrency: 3,
    });
    expect(await errorOf(stream.next())).toBeInstanceOf(ChildError);
    await settle();
    expect(tasks()).toStrictEqual([]);
  });

  it('ends with its supervisor: its outcomes are exits', async () => {
    const supervisor = await startTaskSupervisor(node);
    const stream = TaskSupervisor.asyncStreamNolink(owner.self, supervisor, [1], sleepy);
    const first = stream.next();
    await settle();
    node.exitSignal(supervisor, 'kill');
    expect((await first).value).toEqual({ status: 'exit', reason: 'killed', item: 1 });
  });

  it('shows its tasks while they run', async () => {
    const supervisor = await startTaskSupervisor(node);
    const stream = TaskSupervisor.asyncStream(owner.self, supervisor, [1, 2], sleepy, { maxConcurrency: 2 });
    const first = stream.next();
    await settle();
    const running = await TaskSupervisor.children(node, supervisor);
    expect(running.length).toBe(2);
    for (const pid of running) node.send(pid, 'x');
    await first;
    expect((await stream.next()).value).toEqual({ status: 'ok', value: 'x' });
    await settle();
    expect(await TaskSupervisor.children(node, supervisor)).toStrictEqual([]);
  });

  it('without links goes on when a task is ended by the supervisor', async () => {
    const supervisor = await startTaskSupervisor(node);
    const all = collect(TaskSupervisor.asyncStreamNolink(owner.self, supervisor, [1], sleepy));
    await settle();
    const [pid] = await TaskSupervisor.children(node, supervisor);
    await TaskSupervisor.terminateChild(node, supervisor, pid!);
    expect(await all).toEqual([{ status: 'exit', reason: 'shutdown', item: 1 }]);
  });
});

describe('a stream is refused at the door', () => {
  it.each([
    [{ maxConcurrency: 0 }, 'maxConcurrency'],
    [{ maxConcurrency: 1.5 }, 'maxConcurrency'],
    [{ ordered: 'yes' }, 'ordered'],
    [{ timeoutMs: -1 }, 'timeoutMs'],
    [{ onTimeout: 'ignore' }, 'onTimeout'],
    [{ concurrency: 1 }, 'concurrency'],
  ])('with %j, by name, and nothing is taken', async (options, name) => {
    const { items, taken } = counter();
    const error = await errorOf(
      inProcess(node, (self) => Task.asyncStream(self, items, (n) => n, options as never)),
    );
    expect(error).toBeInstanceOf(BadArgumentError);
    expect(error.message).toContain(name);
    expect(taken()).toBe(0);
  });
});
