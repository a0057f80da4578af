import fc from 'fast-check';
import { GenServer, noReply, type Call, type CallResult } from '@trestle/runtime';
import { createTestNode, settle, VirtualClock } from '@trestle/runtime/testing';

describe('a virtual clock', () => {
  let clock: VirtualClock;
  beforeEach(() => void (clock = new VirtualClock()));

  it('fires timers in the order they are due, those of one moment in the order they were set', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5 })), async (delays) => {
        const own = new VirtualClock();
        const fired: [number, number][] = [];
        delays.forEach((delay, index) => own.setTimer(() => fired.push([delay, index]), delay));
        await own.runUntilIdle();
        expect(fired).toEqual([...fired].sort(([a, i], [b, j]) => a - b || i - j));
        expect([fired.length, own.runningTimers]).toEqual([delays.length, 0]);
      }),
      { numRuns: 50 },
    );
  });

  it('lets what a timer causes happen before the next one fires', async () => {
    const order: string[] = [];
    const act = async (name: string): Promise<void> => {
      for (let i = 0; i < 100; i++) await Promise.resolve();
      order.push(`${name} at ${clock.now()}`);
    };
    clock.setTimer(() => void act('one'), 10);
    clock.setTimer(() => void act('two'), 10);
    await clock.advance(10);
    expect(order).toEqual(['one at 10', 'two at 10']);
  });

  it('never fires a cancelled timer, and does not fire one too early', async () => {
    const fired: number[] = [];
    const timers = [1, 2, 3, 4].map((n) => clock.setTimer(() => fired.push(n), n));
    timers[1]!.cancel();
    timers[1]!.cancel();
    await clock.advance(3);
    expect(fired).toEqual([1, 3]);
    expect([clock.now(), clock.runningTimers, clock.nextTimerAt]).toEqual([3, 1, 4]);
    timers[0]!.cancel();
    expect(await clock.advanceToNext()).toBe(true);
    expect(await clock.advanceToNext()).toBe(false);
    expect([clock.now(), fired]).toEqual([4, [1, 3, 4]]);
  });

  it('lets two at once wait for as long as the longer one wants', async () => {
    const seen: number[] = [];
    clock.setTimer(() => seen.push(clock.now()), 70);
    await Promise.all([clock.advance(50), clock.advance(100), clock.advance(80)]);
    expect([clock.now(), seen]).toEqual([100, [70]]);
  });

  it('settles exactly: not before a hundred thousand messages are handled', async () => {
    const { node, stop } = await nodeOn(clock);
    let handled = 0;
    const pid = node.spawn(async (self) => {
      for (;;) handled += (await self.receive()) === undefined ? 0 : 1;
    });
    for (let i = 0; i < 100_000; i++) node.send(pid, i);
    await clock.settle();
    expect(handled).toBe(100_000);
    await stop();
  });

  it('tests a call that times out after five seconds, and a day of waiting, in no time', async () => {
    class Silent extends GenServer<Call<{ type: 'x' }, never>> {
      override handleCall(): CallResult {
        return noReply();
      }
    }
    const { node, stop } = await nodeOn(clock);
    const server = await node.start(Silent);
    await expect(clock.until(node.call(server, { type: 'x' }))).rejects.toMatchObject({
      code: 'ERR_CALL_TIMEOUT',
    });
    expect(clock.now()).toBeGreaterThanOrEqual(5_000);
    expect(clock.now()).toBeLessThanOrEqual(5_100);
    await stop();
  });

  it('knows that processes are at work, without a timer, whoever settles meanwhile', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const [one, other] = [await createTestNode({ seed }), await createTestNode({ seed })];
      const work = async (): Promise<void> => {
        await settle(other.node, one.node);
        for (let round = 0; round < 5; round++) {
          const probe = await one.probe<number>();
          probe.send(probe.pid, round);
          expect(await probe.receive()).toBe(round);
          await settle(other.node, one.node);
        }
      };
      await one.clock.until(work());
      await one.stop();
      await other.stop();
    }
  });

  it('says that a promise waits for what no timer will bring', async () => {
    clock.setTimer(() => {}, 10);
    await expect(clock.until(new Promise(() => {}))).rejects.toThrow(/no timer will bring/);
    expect(clock.now()).toBe(10);
  });

  it('knows that somebody else lets time go by, or waits until all has settled', async () => {
    const work = async (): Promise<string> => {
      await clock.settle();
      await clock.advance(20);
      await clock.settle();
      return `done at ${clock.now()}`;
    };
    expect(await clock.until(work())).toBe('done at 20');
  });

  it('waits until a promise settles, and for nothing else', async () => {
    await expect(clock.until(5 as never)).rejects.toThrow('until: expected a promise, got 5');
  });

  it('says that a promise has not settled in time', async () => {
    let late = (): void => {};
    const promise = new Promise<void>((resolve) => (late = resolve));
    clock.setTimer(late, 11);
    await expect(clock.until(promise, { withinMs: 10 })).rejects.toThrow('until: not within 10 ms');
    expect(clock.now()).toBe(10);
    await clock.until(promise, { withinMs: 1 });
  });

  it('gives up running what sets its timer again and again', async () => {
    const again = (): void => void clock.setTimer(again, 100);
    again();
    await expect(clock.runUntilIdle({ withinMs: 1_000 })).rejects.toThrow('1 timer still runs after 1000 ms');
    expect(clock.now()).toBe(1_000);
  });

  it.each([-1, NaN, Infinity, '5', undefined])('refuses to advance by %p', async (ms) => {
    await expect(clock.advance(ms as number)).rejects.toMatchObject({ code: 'ERR_BAD_ARGUMENT' });
  });

  it('keeps twenty thousand timers in order, whatever the order they are set in', async () => {
    let last = -1;
    let inOrder = true;
    for (let i = 0; i < 20_000; i++) {
      const dueAt = (i * 7_919) % 20_011;
      clock.setTimer(() => {
        inOrder &&= dueAt >= last;
        last = dueAt;
      }, dueAt);
    }
    await clock.runUntilIdle();
    expect(inOrder).toBe(true);
  });
});

async function nodeOn(clock: VirtualClock) {
  const test = await createTestNode({ clock });
  return { node: test.node, stop: () => test.stop() };
}
