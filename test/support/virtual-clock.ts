import type { Clock, ClockTimer } from '@trestle/runtime';

/** A timer of a virtual clock, in the order in which it was set. */
interface VirtualTimer extends ClockTimer {
  readonly dueAt: number;
  readonly order: number;
  readonly callback: () => void;
}

/** What the wall of a virtual clock shows at its start: 2024-01-01. */
const wallStart = 1_704_067_200_000;

/**
 * Time that stands still until it is told to go on. Timers fire in the order they are due, and what they cause runs
 * before the next one fires: a test of a five-second timeout takes a millisecond, and always goes the same way.
 */
export class VirtualClock implements Clock {
  private time = 0;
  private count = 0;
  private readonly timers = new Set<VirtualTimer>();

  now(): number {
    return this.time;
  }

  wallTime(): number {
    return wallStart + this.time;
  }

  setTimer(callback: () => void, delayMs: number): ClockTimer {
    const timer: VirtualTimer = {
      dueAt: this.time + delayMs,
      order: (this.count += 1),
      callback,
      cancel: () => void this.timers.delete(timer),
    };
    this.timers.add(timer);
    return timer;
  }

  /** How many timers run: none is left when everything has been stopped. */
  get runningTimers(): number {
    return this.timers.size;
  }

  /** Lets `ms` milliseconds go by, firing what is due, and waits until everything has settled. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (let timer = this.nextDue(end); timer !== undefined; timer = this.nextDue(end)) {
      this.timers.delete(timer);
      this.time = Math.max(this.time, timer.dueAt);
      timer.callback();
      await settle();
    }
    this.time = end;
  }

  private nextDue(end: number): VirtualTimer | undefined {
    let next: VirtualTimer | undefined;
    for (const timer of this.timers) {
      if (timer.dueAt > end) continue;
      if (next === undefined || timer.dueAt < next.dueAt) next = timer;
      else if (timer.dueAt === next.dueAt && timer.order < next.order) next = timer;
    }
    return next;
  }
}

/** Waits until processes have handled what they can: a few turns of the event loop, for long mailboxes take several. */
export async function settle(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
