import fc from 'fast-check';
import { TimerQueue, type Due } from '../../../packages/runtime/src/process/timer-queue';
import { VirtualClock } from '@trestle/runtime/testing';

function dueThat(fire: () => void): Due {
  return { dueAt: 0, order: 0, place: -1, fire };
}

describe('TimerQueue', () => {
  it('fires the earliest first, and those of the same time in the order they were added', async () => {
    const clock = new VirtualClock();
    const queue = new TimerQueue(clock);
    const fired: string[] = [];
    for (const [name, delayMs] of [
      ['late', 30],
      ['early', 10],
      ['first', 20],
      ['second', 20],
    ] as const)
      queue.add(
        dueThat(() => fired.push(name)),
        delayMs,
      );
    await clock.advance(30);
    expect(fired).toEqual(['early', 'first', 'second', 'late']);
  });

  it('fires each once, at its time, unless it was taken out before', async () => {
    const delays = fc.array(fc.record({ delayMs: fc.integer({ min: 0, max: 50 }), out: fc.boolean() }), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(delays, async (entries) => {
        const clock = new VirtualClock();
        const queue = new TimerQueue(clock);
        const fired: number[] = [];
        const dues = entries.map(({ delayMs }, i) => {
          const due = dueThat(() => {
            expect(clock.now()).toBe(delayMs);
            fired.push(i);
          });
          queue.add(due, delayMs);
          return due;
        });
        entries.forEach(({ out }, i) => {
          if (out) queue.remove(dues[i]!);
        });
        await clock.advance(50);
        const expected = entries.flatMap(({ out }, i) => (out ? [] : [i]));
        expect(fired.sort((a, b) => a - b)).toEqual(expected);
        expect(clock.runningTimers).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('never fires early, though the timer of the clock does', () => {
    let now = 0;
    const alarms: (() => void)[] = [];
    const clock = {
      now: () => now,
      wallTime: () => now,
      setTimer: (alarm: () => void) => (alarms.push(alarm), { cancel: () => {} }),
      nextTurn: (callback: () => void) => void setImmediate(callback),
    };
    const queue = new TimerQueue(clock);
    const fire = jest.fn();
    queue.add(dueThat(fire), 10);
    now = 9.5;
    alarms[0]!();
    expect(fire).not.toHaveBeenCalled();
    now = 10;
    alarms[1]!();
    expect(fire).toHaveBeenCalledTimes(1);
  });

  it('waits longer than a clock can at once, and never for Infinity', async () => {
    const clock = new VirtualClock();
    const queue = new TimerQueue(clock);
    const fire = jest.fn();
    queue.add(dueThat(fire), 2 ** 33);
    const never = dueThat(fire);
    queue.add(never, Infinity);
    await clock.advance(2 ** 33 - 1);
    expect(fire).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(fire).toHaveBeenCalledTimes(1);
    queue.remove(never);
    expect(clock.runningTimers).toBe(0);
  });

  it('sets one timer of the clock, whatever it holds, and none when nothing waits', async () => {
    const clock = new VirtualClock();
    const queue = new TimerQueue(clock);
    const dues = [30, 20, 10, 40].map((delayMs) => {
      const due = dueThat(() => {});
      queue.add(due, delayMs);
      return due;
    });
    expect(clock.runningTimers).toBe(1);
    for (const due of dues) queue.remove(due);
    await Promise.resolve();
    expect(clock.runningTimers).toBe(0);
  });
});
