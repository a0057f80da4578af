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
const sliceMessages = 32_000;
/** Milliseconds after which the event loop gets a turn, though messages are left. */
const sliceMs = 4;
/** Messages of one turn, and between two looks at the clock: a look costs more than a message. */
export const messagesPerTurn = 32;
/** Turns after which the code that their messages have woken goes on: what it holds should not grow old. */
const turnsAtOnce = 256;
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
  /** Processes that processes have started in their turns, the next one last; and those of the turn that goes on. */
  private readonly newborn: Runnable[] = [];
  private readonly justBorn: Runnable[] = [];
  private newbornIsNext = false;
  protected inTurn = false;
  /** Whether a process handles a message in the midst of other code. */
  protected hasEntered = false;
  private scheduled = false;
  /** Messages that might be handled before the event loop gets its turn, at the last look at the clock. */
  protected left = sliceMessages;
  /** Messages that may be handled before the next look at the clock: at the last one, and still. */
  private granted = messagesPerTurn;
  protected untilLook = messagesPerTurn;
  protected sliceStart: number;
  /** Whether nobody has had a turn since the code of others ran. */
  protected isFirstTurn = true;
  private readonly resolved = Promise.resolve();

  constructor(protected readonly clock: Clock) {
    this.sliceStart = clock.now();
  }

  /**
   * Gives a new process its first turn. One that a process starts in its turn comes before those that were started
   * earlier, in turns with the run queue: a tree of processes grows branch by branch, and a million of them never wait
   * at once.
   */
  begin(runnable: Runnable): void {
    if (this.inTurn) this.justBorn.push(runnable);
    else this.enqueue(runnable);
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
   * @param _who its activity, if one takes it
   * @returns false when the slice is used up: the process must queue for its turn
   */
  spend(_who?: Runnable): boolean {
    return this.charge(1);
  }

  /**
   * Lets a process handle one message at once, in the midst of the code that sends it, until `leave`. Not so within a
   * turn or another message, so that the stack stays flat.
   * @returns false when it must queue for its turn
   */
  enter(who: Runnable): boolean {
    if (this.inTurn || this.hasEntered || !this.mayEnter() || !this.spend(who)) return false;
    this.hasEntered = true;
    return true;
  }

  leave(): void {
    this.hasEntered = false;
  }

  /** Whether messages are handled too quickly to be watched one by one. */
  protected mayEnter(): boolean {
    return true;
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
    this.isFirstTurn = true;
    for (let turns = turnsAtOnce; this.hasNext; turns--) {
      if (this.left <= 0) {
        this.yieldToEventLoop();
        return;
      }
      if (turns === 0) {
        void this.resolved.then(this.drain);
        return;
      }
      const runnable = this.take();
      this.inTurn = true;
      try {
        this.charge(this.give(runnable));
      } catch (error) {
        // The runtime's own mistake: it must be seen, and must not stop the other processes.
        raiseUncaught(error);
      }
      this.inTurn = false;
      while (this.justBorn.length > 0) this.newborn.push(this.justBorn.pop() as Runnable);
    }
    this.next = this.end = 0;
    if (this.queue.length > keptLength) this.queue = [];
    this.scheduled = false;
  };

  private get hasNext(): boolean {
    return this.next < this.end || this.newborn.length > 0;
  }

  /** Takes who is next: a newborn and one of the queue in turns, so that neither can starve the other. */
  private take(): Runnable {
    if (this.newborn.length > 0) {
      this.newbornIsNext = !this.newbornIsNext;
      if (this.newbornIsNext || this.next === this.end) return this.newborn.pop() as Runnable;
    }
    const runnable = this.queue[this.next] as Runnable;
    this.queue[this.next++] = null;
    if (this.next === compactAt) this.compact();
    return runnable;
  }

  protected charge(messages: number): boolean {
    this.untilLook -= messages;
    if (this.untilLook <= 0) this.lookAtClock();
    return this.left > 0;
  }

  protected lookAtClock(): void {
    this.grant(messagesPerTurn);
    this.endSlice(this.clock.now());
  }

  /** Counts what was handled since the last look at the clock; so many messages may be until the next. */
  protected grant(messages: number): void {
    this.left -= this.granted - this.untilLook;
    this.granted = this.untilLook = messages;
  }

  /** Ends the slice if its time is over. */
  protected endSlice(now: number): void {
    if (now - this.sliceStart > sliceMs) this.left = 0;
  }

  private yieldToEventLoop(): void {
    this.clock.nextTurn(() => {
      this.left = sliceMessages;
      this.granted = this.untilLook = messagesPerTurn;
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
