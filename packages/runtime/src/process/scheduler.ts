import type { Clock } from '../terms/clock';

/** Something the scheduler can give a turn. */
export interface Runnable {
  /**
   * Handles waiting messages, at most `budget` of them.
   * @returns how many it handled
   */
  run(budget: number): number;
}

/** Messages handled before the event loop gets a turn. */
const sliceMessages = 4_000;
/** Milliseconds after which the event loop gets a turn, though messages are left. */
const sliceMs = 4;
/** Messages of one turn, and between two looks at the clock: a look costs more than a message. */
const messagesPerLook = 16;

/**
 * The run queue of a node. Processes with messages are run in a microtask, in slices; after each slice the event loop
 * gets a turn, so that sockets and timers are never starved, however many messages processes send each other.
 */
export class Scheduler {
  private queue: Runnable[] = [];
  private next = 0;
  private scheduled = false;
  private left = sliceMessages;
  private untilLook = messagesPerLook;
  private sliceStart: number;
  private readonly resolved = Promise.resolve();

  constructor(private readonly clock: Clock) {
    this.sliceStart = clock.now();
  }

  /** Puts a process at the end of the run queue; it must not be in it. */
  enqueue(runnable: Runnable): void {
    this.queue.push(runnable);
    if (this.scheduled) return;
    this.scheduled = true;
    void this.resolved.then(this.drain);
  }

  /**
   * Takes one message off the slice, for a process that takes messages on its own account.
   * @returns false when the slice is used up: the process must queue for its turn
   */
  spend(): boolean {
    return this.charge(1);
  }

  private readonly drain = (): void => {
    while (this.next < this.queue.length) {
      if (this.left <= 0) {
        this.yieldToEventLoop();
        return;
      }
      const runnable = this.queue[this.next] as Runnable;
      this.next += 1;
      this.charge(runnable.run(messagesPerLook));
      if (this.next === 4096) this.compact();
    }
    this.queue.length = 0;
    this.next = 0;
    this.scheduled = false;
  };

  private charge(messages: number): boolean {
    this.left -= messages;
    this.untilLook -= messages;
    if (this.untilLook <= 0 && this.left > 0) this.lookAtClock();
    return this.left > 0;
  }

  private lookAtClock(): void {
    this.untilLook = messagesPerLook;
    if (this.clock.now() - this.sliceStart > sliceMs) this.left = 0;
  }

  private yieldToEventLoop(): void {
    this.compact();
    setImmediate(() => {
      this.left = sliceMessages;
      this.untilLook = messagesPerLook;
      this.sliceStart = this.clock.now();
      this.drain();
    });
  }

  private compact(): void {
    this.queue = this.queue.slice(this.next);
    this.next = 0;
  }
}
