import fc from 'fast-check';
import { Deadlines } from '../../../packages/runtime/src/process/deadlines';
import type { Deadline } from '../../../packages/runtime/src/process/due-queue';
import type { Clock, ClockTimer } from '../../../packages/runtime/src/terms/clock';

/** A clock whose timers fire late, by as much as it is told, all at once in one call. */
class LateClock implements Clock {
  time = 0;
  readonly timers = new Set<{ at: number; callback: () => void }>();
  constructor(private readonly lateMs: () => number = () => 0) {}

  now(): number {
    return this.time;
  }
  wallTime(): number {
    return this.time;
  }
  setTimer(callback: () => void, delayMs: number): ClockTimer {
    const timer = { at: this.time + delayMs + this.lateMs(), callback };
    this.timers.add(timer);
    return { cancel: () => void this.timers.delete(timer) };
  }
  nextTurn(callback: () => void): void {
    setImmediate(callback);
  }
  advanceTo(time: number): void {
    for (;;) {
      const due = [...this.timers].filter(({ at }) => at <= time).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.timers.delete(due);
      this.time = Math.max(this.time, due.at);
      due.callback();
    }
    this.time = Math.max(this.time, time);
  }
}

class Call implements Deadline {
  dueTick = 0;
  isOpen = true;
  expiredAt: number | null = null;
  setAt: number;
  constructor(
    private readonly clock: Clock,
    readonly durationMs: number,
  ) {
    this.setAt = clock.now();
  }
  expire(): void {
    expect(this.expiredAt).toBeNull();
    this.expiredAt = this.clock.now();
    this.isOpen = false;
  }
}

/** A tick of a queue is at most a hundredth of its duration, and no less than a millisecond. */
const tickOf = (durationMs: number): number => Math.max(1, durationMs / 100);

describe('deadlines', () => {
  it('expire never early, and at most two ticks late', () => {
    const durations = fc.oneof(
      fc.integer({ min: 0, max: 400 }),
      fc.constantFrom(5_000, 5_000, 60_000),
      fc.double({ min: 0.1, max: 1_000, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.record({ durationMs: durations, pauseMs: fc.integer({ min: 0, max: 100 }) }), {
          minLength: 1,
          maxLength: 40,
        }),
        (plan) => {
          const clock = new LateClock();
          const deadlines = new Deadlines(clock);
          const calls = plan.map(({ durationMs, pauseMs }) => {
            clock.advanceTo(clock.time + pauseMs);
            const call = new Call(clock, durationMs);
            deadlines.add(call, durationMs);
            return call;
          });
          clock.advanceTo(clock.time + 70_000);
          for (const { expiredAt, setAt, durationMs } of calls) {
            expect(expiredAt).not.toBeNull();
            expect(expiredAt! - setAt).toBeGreaterThanOrEqual(durationMs);
            expect(expiredAt! - setAt).toBeLessThanOrEqual(durationMs + 2 * tickOf(durationMs) + 1e-6);
          }
          expect(deadlines.size).toBe(0);
          expect(clock.timers.size).toBe(0);
        },
      ),
    );
  });

  it('expire never early when ticks come late, early or in bursts', () => {
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.double({ min: -0.9, max: 30, noNaN: true })),
        fc.integer({ min: 1, max: 2_000 }),
        (lateness, durationMs) => {
          const clock = new LateClock(() => lateness.next().value as number);
          const deadlines = new Deadlines(clock);
          const calls: Call[] = [];
          for (let i = 0; i < 20; i++) {
            const call = new Call(clock, durationMs);
            deadlines.add(call, durationMs);
            calls.push(call);
            clock.advanceTo(clock.time + i * 3);
          }
          clock.advanceTo(clock.time + 100_000);
          for (const { expiredAt, setAt } of calls) {
            expect(expiredAt! - setAt).toBeGreaterThanOrEqual(durationMs);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('that are met never expire, and leave no timer but one last tick', () => {
    const clock = new LateClock();
    const deadlines = new Deadlines(clock);
    const calls = Array.from({ length: 100 }, () => new Call(clock, 5_000));
    for (const call of calls) deadlines.add(call, 5_000);
    expect(deadlines.size).toBe(100);
    for (const call of calls) call.isOpen = false;
    expect(deadlines.size).toBe(0);
    clock.advanceTo(100);
    expect(clock.timers.size).toBe(0);
    clock.advanceTo(10_000);
    expect(calls.every(({ expiredAt }) => expiredAt === null)).toBe(true);
  });

  it('may be met in the middle, at the front and at the end', () => {
    const clock = new LateClock();
    const deadlines = new Deadlines(clock);
    const calls = Array.from({ length: 5 }, () => new Call(clock, 100));
    for (const call of calls) deadlines.add(call, 100);
    for (const index of [2, 0, 4]) calls[index]!.isOpen = false;
    clock.advanceTo(1_000);
    expect(calls.map(({ expiredAt }) => expiredAt !== null)).toEqual([false, true, false, true, false]);
  });

  it('may last longer than a timer can, and for ever', () => {
    const clock = new LateClock();
    const deadlines = new Deadlines(clock);
    for (const durationMs of [2 ** 31, 2 ** 45, Number.MAX_SAFE_INTEGER]) {
      const call = new Call(clock, durationMs);
      deadlines.add(call, durationMs);
      clock.advanceTo(call.setAt + durationMs - 1);
      expect(call.expiredAt).toBeNull();
      clock.advanceTo(call.setAt + durationMs * 1.02);
      expect(call.expiredAt).not.toBeNull();
    }
    const call = new Call(clock, Infinity);
    deadlines.add(call, Infinity);
    expect(clock.timers.size).toBe(0);
  });

  it('never ask a clock for more than it takes', () => {
    const clock = new LateClock();
    const asked: number[] = [];
    const setTimer = clock.setTimer.bind(clock);
    clock.setTimer = (callback, delayMs) => {
      asked.push(delayMs);
      return setTimer(callback, delayMs);
    };
    const deadlines = new Deadlines(clock);
    deadlines.add(new Call(clock, 2 ** 50), 2 ** 50);
    clock.advanceTo(2 ** 40);
    expect(Math.max(...asked)).toBeLessThanOrEqual(2 ** 31 - 1);
  });

  it('are forgotten soon once they are met, however many there were', () => {
    const clock = new LateClock();
    const deadlines = new Deadlines(clock);
    const open = Array.from({ length: 10 }, () => new Call(clock, 5_000));
    for (const call of open) deadlines.add(call, 5_000);
    for (let i = 0; i < 100_000; i++) {
      const call = new Call(clock, 5_000);
      deadlines.add(call, 5_000);
      call.isOpen = false;
    }
    const [queue] = (
      deadlines as unknown as { queues: Map<number, { deadlines: unknown[] }> }
    ).queues.values();
    expect(queue!.deadlines.length).toBeLessThan(2_048);
    expect(deadlines.size).toBe(10);
    clock.advanceTo(5_100);
    expect(open.every(({ expiredAt }) => expiredAt !== null)).toBe(true);
  });

  it('share a queue when they hardly differ, and give an unused queue back', () => {
    const clock = new LateClock();
    const deadlines = new Deadlines(clock);
    const queues = (deadlines as unknown as { queues: Map<number, unknown> }).queues;
    for (let ms = 10_000; ms < 10_048; ms++) deadlines.add(new Call(clock, ms), ms);
    expect(queues.size).toBe(1);
    clock.advanceTo(20_000);
    expect(queues.size).toBe(0);
  });

  it('stop without expiring', () => {
    const clock = new LateClock();
    const deadlines = new Deadlines(clock);
    const call = new Call(clock, 100);
    deadlines.add(call, 100);
    deadlines.stop();
    clock.advanceTo(1_000);
    expect(call.expiredAt).toBeNull();
  });
});
