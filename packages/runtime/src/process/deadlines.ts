import type { Clock } from '../terms/clock';
import { LongTimer } from './long-timer';

/** Something that must happen in time, and knows what to do if it does not. It stands in at most one queue. */
export interface Deadline {
  /** Its queue, its neighbours there, and the tick it came in. Owned by the queue. */
  dueQueue: DueQueue | null;
  previousDue: Deadline | null;
  nextDue: Deadline | null;
  dueTick: number;
  expire(): void;
}

/** A queue ticks at most this often in its duration, so deadlines are met within about a fiftieth of it. */
const ticksPerDuration = 100;

/** How long a tick of a queue is: a power of two, so that durations that differ a little share a queue. */
function tickMsFor(durationMs: number): number {
  return Math.max(1, 2 ** Math.floor(Math.log2(durationMs / ticksPerDuration)));
}

/**
 * The deadlines of calls: thousands are set and nearly all are met. One queue for each duration; entering and leaving
 * it costs a few nanoseconds, without a look at the clock: a slow tick reads it. A deadline never expires early, and
 * at most two ticks late.
 */
export class Deadlines {
  private readonly queues = new Map<number, DueQueue>();
  /** Most calls have the duration of the call before. */
  private lastDurationMs = 0;
  private lastQueue: DueQueue | null = null;

  constructor(private readonly clock: Clock) {}

  /** Expects `deadline` to be removed within `durationMs`; `Infinity` is no deadline. */
  add(deadline: Deadline, durationMs: number): void {
    if (durationMs === Infinity) return;
    if (durationMs !== this.lastDurationMs || this.lastQueue === null) {
      this.lastQueue = this.queueFor(durationMs);
      this.lastDurationMs = durationMs;
    }
    this.lastQueue.add(deadline);
  }

  /** The deadline is met. */
  remove(deadline: Deadline): void {
    deadline.dueQueue?.remove(deadline);
  }

  /** How many deadlines are set. For inspection; takes time in proportion. */
  get size(): number {
    let size = 0;
    for (const queue of this.queues.values()) size += queue.size;
    return size;
  }

  /** Stops every tick, without expiring anything. */
  stop(): void {
    for (const queue of this.queues.values()) queue.stop();
    this.queues.clear();
    this.lastQueue = null;
  }

  private queueFor(durationMs: number): DueQueue {
    const tickMs = tickMsFor(durationMs);
    const rounded = Math.ceil(durationMs / tickMs) * tickMs;
    const existing = this.queues.get(rounded);
    if (existing !== undefined) return existing;
    const queue = new DueQueue(this.clock, rounded, tickMs, () => {
      this.queues.delete(rounded);
      this.lastQueue = null;
    });
    this.queues.set(rounded, queue);
    return queue;
  }
}

/** The deadlines of one duration, in the order they were set. */
export class DueQueue {
  private first: Deadline | null = null;
  private last: Deadline | null = null;
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
    const last = this.last;
    deadline.dueQueue = this;
    deadline.dueTick = this.tick;
    deadline.previousDue = last;
    if (last === null) this.first = deadline;
    else last.nextDue = deadline;
    this.last = deadline;
    this.timer ??= new LongTimer(this.clock, this.tickMs, this.onTick);
  }

  remove(deadline: Deadline): void {
    const { previousDue: previous, nextDue: next } = deadline;
    if (previous === null) this.first = next;
    else previous.nextDue = next;
    if (next === null) this.last = previous;
    else next.previousDue = previous;
    deadline.dueQueue = null;
    deadline.previousDue = deadline.nextDue = null;
  }

  get size(): number {
    let size = 0;
    for (let due = this.first; due !== null; due = due.nextDue) size += 1;
    return size;
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  private readonly onTick = (): void => {
    const now = this.clock.now();
    this.tick += 1;
    this.tickTimes[this.tick % this.tickTimes.length] = now;
    for (let due = this.first; due !== null && this.isOver(due, now); due = this.first) {
      this.remove(due);
      due.expire();
    }
    this.timer = this.first === null ? null : new LongTimer(this.clock, this.tickMs, this.onTick);
    if (this.timer === null) this.onEmpty();
  };

  private isOver(deadline: Deadline, now: number): boolean {
    if (deadline.dueTick === this.tick) return false;
    // Of a tick so old that its time is not kept any more, the oldest kept time stands in: later, so never too early.
    const { length } = this.tickTimes;
    const firstTick = Math.max(deadline.dueTick + 1, this.tick - length + 1);
    const since = this.tickTimes[firstTick % length] as number;
    return now - since >= this.durationMs;
  }
}
