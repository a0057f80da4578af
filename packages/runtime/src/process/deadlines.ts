import type { Clock } from '../terms/clock';
import { DueQueue, type Deadline } from './due-queue';

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

  /** Expects `deadline` to be met within `durationMs`; `Infinity` is no deadline. */
  add(deadline: Deadline, durationMs: number): void {
    if (durationMs === this.lastDurationMs && this.lastQueue !== null) this.lastQueue.add(deadline);
    else this.addFirst(deadline, durationMs);
  }

  private addFirst(deadline: Deadline, durationMs: number): void {
    if (durationMs === Infinity) return;
    this.lastQueue = this.queueFor(durationMs);
    this.lastDurationMs = durationMs;
    this.lastQueue.add(deadline);
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
