import type { Clock } from '../terms/clock';
import { LongTimer } from './long-timer';

/** Something that must happen in time, and knows what to do if it does not. It stands in at most one queue. */
export interface Deadline {
  /** The tick in which it was set. Owned by the queue. */
  dueTick: number;
  /** Whether it still waits to be met. */
  readonly isOpen: boolean;
  expire(): void;
}

/** So many deadlines are set before the queue looks which of them are met. */
const firstSweep = 1_024;

/**
 * The deadlines of one duration, in the order they were set. One that is met is not taken out: the queue sweeps out
 * what is met whenever it has doubled, and at each tick. That costs each deadline two or three nanoseconds, and a list
 * it could leave at once seven times as much.
 */
export class DueQueue {
  private deadlines: Deadline[] = [];
  private sweepAt = firstSweep;
  private tick = 0;
  private timer: LongTimer | null = null;
  /** When tick `n` was, at `n % length`: a deadline counts from the first tick after it was set. */
  private readonly tickTimes: number[];

  constructor(
    private readonly clock: Clock,
    private readonly durationMs: number,
    private readonly tickMs: number,
    private readonly onEmpty: () => void,
  ) {
    this.tickTimes = new Array<number>(Math.ceil(durationMs / tickMs) + 4).fill(0);
  }

  add(deadline: Deadline): void {
    deadline.dueTick = this.tick;
    if (this.deadlines.push(deadline) === this.sweepAt) this.sweep();
    if (this.timer === null) this.timer = new LongTimer(this.clock, this.tickMs, this.onTick);
  }

  /** How many wait to be met. Takes time in proportion. */
  get size(): number {
    return this.deadlines.filter(({ isOpen }) => isOpen).length;
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  private readonly onTick = (): void => {
    const now = this.clock.now();
    this.tick += 1;
    this.tickTimes[this.tick % this.tickTimes.length] = now;
    let next = 0;
    for (
      let due = this.deadlines[0];
      due !== undefined && this.isOver(due, now);
      due = this.deadlines[next]
    ) {
      next += 1;
      if (due.isOpen) due.expire();
    }
    this.sweep(next);
    this.timer = this.deadlines.length === 0 ? null : new LongTimer(this.clock, this.tickMs, this.onTick);
    if (this.timer === null) this.onEmpty();
  };

  /** Forgets those before `from`, and those that are met. */
  private sweep(from = 0): void {
    const { deadlines } = this;
    let kept = 0;
    for (let i = from; i < deadlines.length; i++) {
      const deadline = deadlines[i] as Deadline;
      if (deadline.isOpen) deadlines[kept++] = deadline;
    }
    // Shorter by a few steps, an array keeps its memory; a new one gives back what a burst took.
    if (kept > deadlines.length / 4 || deadlines.length <= firstSweep) deadlines.length = kept;
    else this.deadlines = deadlines.slice(0, kept);
    this.sweepAt = Math.max(firstSweep, 2 * kept);
  }

  private isOver(deadline: Deadline, now: number): boolean {
    if (deadline.dueTick === this.tick) return false;
    // Of a tick so old that its time is not kept any more, the oldest kept time stands in: later, so never too early.
    const { length } = this.tickTimes;
    const firstTick = Math.max(deadline.dueTick + 1, this.tick - length + 1);
    const since = this.tickTimes[firstTick % length] as number;
    return now - since >= this.durationMs;
  }
}
