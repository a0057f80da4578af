import type { Clock } from '../terms/clock';
import { raiseUncaught } from './uncaught';

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
const messagesPerTurn = 32;
/** Places of the queue's array that are done with before they are given back. */
const compactAt = 65_536;
/** A longer array is given back when the queue is empty. */
const keptLength = 1_024;

/**
 * The run queue of a node. Processes with messages are run in a microtask, in slices; after each slice the event loop
 * gets a turn, so that sockets and timers are never starved, however many messages processes send each other.
 */
export class Scheduler {
  /** The queue is `queue[next]` to `queue[end - 1]`; its array is kept, because a new one for each call would cost. */
  protected queue: (Runnable | null)[] = [];
  protected next = 0;
  protected end = 0;
  private scheduled = false;
  /** Messages that may be handled before the event loop gets its turn. */
  protected left = sliceMessages;
  private untilLook = messagesPerTurn;
  private sliceStart: number;
  private readonly resolved = Promise.resolve();

  constructor(private readonly clock: Clock) {
    this.sliceStart = clock.now();
  }

  /** Puts a process at the end of the run queue; it must not be in it. */
  enqueue(runnable: Runnable): void {
    this.queue[this.end++] = runnable;
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

  /** Whether nobody waits for a turn. */
  get isIdle(): boolean {
    return !this.scheduled;
  }

  /** Gives one process its turn. @returns how many messages it handled */
  protected give(runnable: Runnable): number {
    return runnable.run(messagesPerTurn);
  }

  private readonly drain = (): void => {
    while (this.next < this.end) {
      if (this.left <= 0) {
        this.yieldToEventLoop();
        return;
      }
      const runnable = this.queue[this.next] as Runnable;
      this.queue[this.next++] = null;
      try {
        this.charge(this.give(runnable));
      } catch (error) {
        // The runtime's own mistake: it must be seen, and must not stop the other processes.
        raiseUncaught(error);
      }
      if (this.next === compactAt) this.compact();
    }
    this.next = this.end = 0;
    if (this.queue.length > keptLength) this.queue = [];
    this.scheduled = false;
  };

  private charge(messages: number): boolean {
    this.left -= messages;
    this.untilLook -= messages;
    if (this.untilLook <= 0 && this.left > 0) this.lookAtClock();
    return this.left > 0;
  }

  private lookAtClock(): void {
    this.untilLook = messagesPerTurn;
    if (this.clock.now() - this.sliceStart > sliceMs) this.left = 0;
  }

  private yieldToEventLoop(): void {
    this.clock.nextTurn(() => {
      this.left = sliceMessages;
      this.untilLook = messagesPerTurn;
      this.sliceStart = this.clock.now();
      this.drain();
    });
  }

  /** Gives back the part of the array that is done with. */
  private compact(): void {
    this.queue = this.queue.slice(this.next, this.end);
    this.end -= this.next;
    this.next = 0;
  }
}
