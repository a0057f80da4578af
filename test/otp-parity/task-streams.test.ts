import { BadArgumentError, CallTimeoutError, Task, type Node, type Pid } from '@trestle/runtime';
import { cpus } from 'node:os';
import { puppet } from '../support/both-places';
import { inProcess, reasonOf, settle, startTestNode } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

let node: Node;
let clock: VirtualClock;
/** Those that every node has. */
let system: number;

beforeEach(async () => {
  clock = new VirtualClock();
  node = await startTestNode({ clock });
  system = node.processes().length;
});

/** The processes that a test has started, and that live. */
const alive = (): Pid[] => node.processes().slice(system);

/** Work that is done when the test says so, and how much of it goes on. */
class Gates {
  private readonly open = new Map<number, (value: unknown) => void>();
  private readonly shut = new Map<number, (error: unknown) => void>();
  readonly started: number[] = [];

  readonly pass = (item: number): Promise<unknown> => {
    this.started.push(item);
    return new Promise((resolve, reject) => {
      this.open.set(item, resolve);
      this.shut.set(item, reject);
    });
  };

  async finish(item: number): Promise<void> {
    this.open.get(item)?.(item * 10);
    await settle();
  }

  async fail(item: number): Promise<void> {
    this.shut.get(item)?.(new Error(`bad ${item}`));
    await settle();
  }
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const outcome of stream) all.push(outcome);
  return all;
}

const ok = (value: unknown): unknown => ({ status: 'ok', value });

describe('Task.asyncStream', () => {
  it('executes a function for each item in a process of its own, and gives the outcomes in order', async () => {
    const pids = new Set<string>();
    const fn = async (item: number, self: { pid: string }): Promise<number> => {
      pids.add(self.pid);
      return Promise.resolve(item * 2);
    };
    const outcomes = await inProcess(node, (self) => collect(Task.asyncStream(self, [1, 2, 3], fn)));
    expect(outcomes).toEqual([ok(2), ok(4), ok(6)]);
    expect(pids.size).toBe(3);
  });

  it('starts nothing before it is asked for an outcome', async () => {
    const gates = new Gates();
    const stream = Task.asyncStream(node, [1, 2], gates.pass);
    await settle();
    expect(gates.started).toStrictEqual([]);
    const first = stream.next();
    await settle();
    expect(gates.started).toEqual([1, 2]);
    await gates.finish(1);
    expect(await first).toEqual({ done: false, value: ok(10) });
    await stream.return();
  });

  it('never has more than maxConcurrency tasks running', async () => {
    let running = 0;
    let most = 0;
    const fn = async (): Promise<void> => {
      most = Math.max(most, (running += 1));
      await settle();
      running -= 1;
    };
    const items = Array.from({ length: 20 }, (_, n) => n);
    await collect(Task.asyncStream(node, items, fn, { maxConcurrency: 3 }));
    expect([most, running]).toEqual([3, 0]);
  });

  it('has as many tasks running as there are cores, unless told otherwise', async () => {
    const gates = new Gates();
    const items = Array.from({ length: cpus().length * 2 + 2 }, (_, n) => n);
    const stream = Task.asyncStream(node, items, gates.pass);
    void stream.next();
    await settle();
    expect(gates.started.length).toBeGreaterThan(0);
    expect(gates.started.length).toBeLessThanOrEqual(cpus().length);
    for (const item of gates.started) await gates.finish(item);
    await stream.return();
  });

  it('starts the next task when one is over, though earlier ones are not', async () => {
    const gates = new Gates();
    const stream = Task.asyncStream(node, [1, 2, 3], gates.pass, { maxConcurrency: 2 });
    const first = stream.next();
    await settle();
    await gates.finish(2);
    expect(gates.started).toEqual([1, 2, 3]);
    await gates.finish(1);
    expect((await first).value).toEqual(ok(10));
    expect((await stream.next()).value).toEqual(ok(20));
    await stream.return();
  });

  it('starts nothing while its consumer does not ask', async () => {
    const gates = new Gates();
    const stream = Task.asyncStream(node, [1, 2, 3, 4], gates.pass, { maxConcurrency: 2 });
    const first = stream.next();
    await settle();
    await gates.finish(1);
    await first;
    await gates.finish(2);
    expect(gates.started).toEqual([1, 2]);
    expect((await stream.next()).value).toEqual(ok(20));
    await stream.return();
  });

  it('gives the outcomes as they come, with ordered: false', async () => {
    const gates = new Gates();
    const all = collect(Task.asyncStream(node, [1, 2, 3], gates.pass, { ordered: false, maxConcurrency: 3 }));
    await settle();
    for (const item of [3, 1, 2]) await gates.finish(item);
    expect(await all).toEqual([ok(30), ok(10), ok(20)]);
  });

  it('links the tasks to its owner: one that fails ends it, and by it the others', async () => {
    const gates = new Gates();
    const reason = reasonOf(node, (self) =>
      collect(Task.asyncStream(self, [1, 2], gates.pass, { maxConcurrency: 2 })),
    );
    await settle();
    await gates.fail(2);
    expect(await reason).toMatchObject({ message: 'bad 2' });
    expect(alive()).toStrictEqual([]);
  });

  it('gives the exit of a task that fails to an owner that traps exits, and no message', async () => {
    const owner = await puppet(node, true);
    const fn = (item: number): number => {
      if (item === 2) throw new Error('bad');
      return item;
    };
    expect(await collect(Task.asyncStream(owner.self, [1, 2, 3], fn))).toEqual([
      ok(1),
      { status: 'exit', reason: expect.objectContaining({ message: 'bad' }), item: 2 },
      ok(3),
    ]);
    await settle();
    expect(owner.inbox).toStrictEqual([]);
  });

  it('kills what runs when its consumer breaks out, and closes its source', async () => {
    const owner = await puppet(node);
    let closed = false;
    function* source(): Generator<number> {
      try {
        for (let n = 1; ; n++) yield n;
      } finally {
        closed = true;
      }
    }
    const gates = new Gates();
    const fn = (item: number): unknown => (item === 1 ? 1 : gates.pass(item));
    for await (const outcome of Task.asyncStream(owner.self, source(), fn, { maxConcurrency: 4 })) {
      expect(outcome).toEqual(ok(1));
      break;
    }
    expect([closed, alive()]).toEqual([true, [owner.pid]]);
    await settle();
    expect(owner.inbox).toStrictEqual([]);
  });

  it('kills what runs when its owner ends, even normally', async () => {
    const gates = new Gates();
    await reasonOf(node, async (self) => {
      void Task.asyncStream(self, [1, 2, 3], gates.pass, { maxConcurrency: 2 }).next();
      await settle();
    });
    await settle();
    expect([gates.started, alive()]).toEqual([[1, 2], []]);
    expect(clock.runningTimers).toBe(0);
  });

  it('fails if a task takes longer than timeoutMs, 5,000 by default, and ends the others', async () => {
    const owner = await puppet(node);
    const gates = new Gates();
    const all = expect(
      collect(Task.asyncStream(owner.self, [1, 2], gates.pass, { maxConcurrency: 2 })),
    ).rejects.toThrow(new CallTimeoutError('Task.asyncStream', 5_000));
    await clock.advance(5_000);
    await all;
    expect(alive()).toEqual([owner.pid]);
  });

  it("kills a task that takes too long, with onTimeout 'killTask', and goes on", async () => {
    const owner = await puppet(node);
    const gates = new Gates();
    const options = { maxConcurrency: 1, timeoutMs: 100, onTimeout: 'killTask' } as const;
    const all = collect(Task.asyncStream(owner.self, [1, 2], gates.pass, options));
    await clock.advance(100);
    await gates.finish(2);
    expect(await all).toEqual([{ status: 'exit', reason: 'timeout', item: 1 }, ok(20)]);
  });

  it('gives each task its own time', async () => {
    const gates = new Gates();
    const options = { maxConcurrency: 1, timeoutMs: 100 };
    const all = collect(Task.asyncStream(node, [1, 2], gates.pass, options));
    await clock.advance(90);
    await gates.finish(1);
    await clock.advance(90);
    await gates.finish(2);
    expect(await all).toEqual([ok(10), ok(20)]);
  });

  it('is over at once where there are no items', async () => {
    expect(await collect(Task.asyncStream(node, [], () => 1))).toStrictEqual([]);
  });

  it('takes items from an async source as well, and gives what is ready while that is slow', async () => {
    let more!: () => void;
    async function* source(): AsyncGenerator<number> {
      yield 1;
      await new Promise<void>((resolve) => (more = resolve));
      yield 2;
    }
    const stream = Task.asyncStream(node, source(), (item) => item);
    expect((await stream.next()).value).toEqual(ok(1));
    const second = stream.next();
    await settle();
    more();
    expect((await second).value).toEqual(ok(2));
    expect((await stream.next()).done).toBe(true);
  });

  it('fails as its source fails, and ends what runs', async () => {
    const owner = await puppet(node);
    const gates = new Gates();
    function* source(): Generator<number> {
      yield 1;
      throw new Error('no more');
    }
    const all = collect(Task.asyncStream(owner.self, source(), gates.pass, { maxConcurrency: 2 }));
    await expect(all).rejects.toThrow('no more');
    expect(alive()).toEqual([owner.pid]);
  });

  it('refuses wrong options at once', () => {
    const stream = (options: object): unknown => Task.asyncStream(node, [1], () => 1, options);
    expect(() => stream({ maxConcurrency: 0 })).toThrow(
      'Task.asyncStream: expected maxConcurrency to be a number of tasks: a whole number, 1 or more, got 0',
    );
    expect(() => stream({ timeoutMs: -1 })).toThrow(BadArgumentError);
    expect(() => stream({ onTimeout: 'kill' })).toThrow("onTimeout to be 'exit' or 'killTask'");
    expect(() => stream({ limit: 1 })).toThrow("options to have no 'limit'");
    expect(() => Task.asyncStream(node, 5 as never, () => 1)).toThrow('expected items: an iterable, got 5');
  });
});
