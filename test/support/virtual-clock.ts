import type { Clock, ClockTimer } from '@trestle/runtime';

interface Due {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Time that passes only when it is told to. */
export class VirtualClock implements Clock {
  private time = 0;
  private order = 0;
  private readonly timers = new Set<Due>();

  now(): number {
    return this.time;
  }

  wallTime(): number {
    return this.time;
  }

  setTimer(callback: () => void, delayMs: number): ClockTimer {
    const due: Due = { at: this.time + delayMs, order: this.order++, callback };
    this.timers.add(due);
    return { cancel: () => void this.timers.delete(due) };
  }

  /** Lets time pass: what falls due happens at its time and in its order, and so does what follows from it. */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settled();
    for (let next = this.next(end); next !== undefined; next = this.next(end)) {
      this.timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.callback();
      await settled();
    }
    this.time = end;
  }

  private next(end: number): Due | undefined {
    const due = [...this.timers].filter((timer) => timer.at <= end);
    return due.sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}

/** Resolves when everything that was under way in this turn of the event loop, and what followed from it, is done. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
