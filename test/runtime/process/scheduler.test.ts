import { Scheduler, type Runnable } from '../../../packages/runtime/src/process/scheduler';
import { VirtualClock } from '@trestle/runtime/testing';

/** Runs so often, putting itself into the queue again. */
class Repeating implements Runnable {
  runs = 0;
  constructor(
    private readonly scheduler: Scheduler,
    private readonly times: number,
    private readonly onRun: () => void = () => {},
  ) {}
  run(budget: number): number {
    this.runs += 1;
    this.onRun();
    if (this.runs < this.times) this.scheduler.enqueue(this);
    return budget;
  }
}

describe('the scheduler', () => {
  let clock: VirtualClock;
  beforeEach(() => void (clock = new VirtualClock()));

  it('runs what is enqueued in its order, in a microtask', async () => {
    const scheduler = new Scheduler(clock);
    const order: number[] = [];
    for (const n of [1, 2, 3]) scheduler.enqueue({ run: () => (order.push(n), 1) });
    expect(order).toStrictEqual([]);
    await Promise.resolve();
    expect(order).toEqual([1, 2, 3]);
  });

  it('runs each in its turn, and what is enqueued meanwhile after it', async () => {
    const scheduler = new Scheduler(clock);
    const order: string[] = [];
    for (const name of ['a', 'b']) scheduler.enqueue(new Repeating(scheduler, 3, () => order.push(name)));
    await clock.settle();
    expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  });

  it('gives what is begun in a turn its turn before what was begun earlier, in the order of its own kind', async () => {
    const clock = new VirtualClock();
    const scheduler = new Scheduler(clock);
    const order: string[] = [];
    const grow = (name: string): Runnable => ({
      run: () => {
        order.push(name);
        if (name.length < 3) for (const child of ['a', 'b']) scheduler.begin(grow(name + child));
        return 1;
      },
    });
    scheduler.begin(grow('x'));
    await clock.settle();
    expect(order).toEqual(['x', 'xa', 'xaa', 'xab', 'xb', 'xba', 'xbb']);
  });

  it('runs those that are begun and those that wait in turns, so that neither starves the other', async () => {
    const clock = new VirtualClock();
    const scheduler = new Scheduler(clock);
    const order: string[] = [];
    const fork = (left: number): Runnable => ({
      run: () => {
        order.push('new');
        if (left > 0) scheduler.begin(fork(left - 1));
        return 1;
      },
    });
    scheduler.enqueue(fork(5));
    scheduler.enqueue(new Repeating(scheduler, 5, () => order.push('old')));
    await clock.settle();
    expect(order.join(' ')).toBe('new new old new old new old new old new old');
  });

  it('lets the code go on that messages have woken, between turns', async () => {
    const scheduler = new Scheduler(new VirtualClock());
    let turns = 0;
    // One message a turn, as a process that takes them by `receive`.
    const long: Runnable = { run: () => ((turns += 1) < 20_000 && scheduler.enqueue(long), 1) };
    let turnsBefore = -1;
    scheduler.enqueue({ run: () => (void Promise.resolve().then(() => (turnsBefore = turns)), 1) });
    scheduler.enqueue(long);
    await new Promise((resolve) => setImmediate(resolve));
    expect(turnsBefore).toBeGreaterThan(0);
    expect(turnsBefore).toBeLessThan(400);
    expect(turns).toBeGreaterThan(1_000);
  });

  it('lets the event loop have a turn after a slice, however much is left', async () => {
    const scheduler = new Scheduler(clock);
    const endless = new Repeating(scheduler, 1e6);
    scheduler.enqueue(endless);
    await new Promise((resolve) => setImmediate(resolve));
    const afterOne = endless.runs;
    expect(afterOne).toBeGreaterThan(0);
    expect(afterOne).toBeLessThan(1_500);
    await new Promise((resolve) => setImmediate(resolve));
    expect(endless.runs).toBeGreaterThan(afterOne);
    expect(endless.runs).toBeLessThan(3_000);
  });

  it('ends a slice early when it takes long by the clock', async () => {
    let now = 0;
    clock.now = () => now;
    const scheduler = new Scheduler(clock);
    const slow = new Repeating(scheduler, 1e6, () => (now += 1));
    scheduler.enqueue(slow);
    await new Promise((resolve) => setImmediate(resolve));
    expect(slow.runs).toBeLessThan(20);
  });

  it('counts what a process takes on its own account, and says when it must queue', async () => {
    const scheduler = new Scheduler(clock);
    let taken = 0;
    while (scheduler.spend()) taken += 1;
    expect(taken).toBeGreaterThan(100);
    expect(taken).toBeLessThan(40_000);
    let ran = false;
    scheduler.enqueue({ run: () => ((ran = true), 1) });
    await Promise.resolve();
    expect(ran).toBe(false);
    await clock.settle();
    expect(ran).toBe(true);
    expect(scheduler.spend()).toBe(true);
  });

  it('runs the others when one throws, and lets Node report the error', async () => {
    const scheduler = new Scheduler(clock);
    const reported: unknown[] = [];
    const queue = globalThis.queueMicrotask;
    globalThis.queueMicrotask = (callback) => {
      try {
        callback();
      } catch (error) {
        reported.push(error);
      }
    };
    try {
      let ran = false;
      scheduler.enqueue({
        run: () => {
          throw new Error('of the runtime');
        },
      });
      scheduler.enqueue({ run: () => ((ran = true), 1) });
      await clock.settle();
      expect(ran).toBe(true);
      expect(reported).toMatchObject([{ message: 'of the runtime' }]);
    } finally {
      globalThis.queueMicrotask = queue;
    }
  });

  it('keeps its order through a queue of 200,000', async () => {
    const scheduler = new Scheduler(clock);
    let next = 0;
    let inOrder = true;
    for (let i = 0; i < 200_000; i++) {
      scheduler.enqueue({
        run: () => {
          inOrder &&= next === i;
          next += 1;
          return 1;
        },
      });
    }
    await clock.settle();
    expect(next).toBe(200_000);
    expect(inOrder).toBe(true);
  });
});
