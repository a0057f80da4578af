import { castLabel, type Label } from '../terms/signal';
import type { Activity, Arrival, Turn } from './activity';
import type { LocalProcess } from './local-process';
import type { Scheduler } from './scheduler';
import { seenMessage, typeOf, type Wanted } from './seen-message';
import { type OpenPromises, type Settle } from './open-promises';
import type { Due, TimerQueue } from './timer-queue';

/** Who executes the body of a process: the same for all processes of a node. */
export interface BodyRunner<Self> {
  readonly scheduler: Scheduler;
  readonly timerQueue: TimerQueue;
  readonly promises: OpenPromises;
  /** Executes the body, and ends the process when it is done. */
  runBody(process: LocalProcess, self: Self, body: (self: Self) => unknown): void;
}

/** Ends a `receive` that waits too long. */
class Patience implements Due {
  dueAt = 0;
  order = 0;
  place = -1;

  /** @param untilTurn whether it lasts until the next turn of the process, and needs no timer */
  constructor(
    private readonly receiver: { expire(): void },
    readonly untilTurn: boolean,
  ) {}

  fire(): void {
    this.receiver.expire();
  }
}

/**
 * The activity of a process that takes its messages by `receive`: executes the body, and hands it the first message
 * that it wants. The others stay where they are, in order, and are not looked at twice by the same `receive`.
 */
export class MessageReceiver<Self> implements Activity {
  /** What the `receive` that waits wants, and the ends of its promise; `resolve` is `null` while none waits. */
  private wanted: Wanted = null;
  private resolve: Settle | null = null;
  private reject: Settle | null = null;
  private patience: Patience | null = null;
  private looked = 0;
  /** Whether a guard is asked: code of the user, which may do anything but receive. */
  private looking = false;
  /** Whether the message that a guard looks at was dropped in the meantime, by what the guard did. */
  private gone = false;
  /** Whether the process is in the run queue without need: a timeout does not take it out. */
  private queued = false;

  constructor(
    readonly process: LocalProcess,
    private readonly runner: BodyRunner<Self>,
    private readonly self: Self,
    private body: ((self: Self) => unknown) | null,
  ) {}

  /** What a body makes of a call is its own affair. */
  get isServer(): false {
    return false;
  }

  get module(): string {
    return (this.self as object).constructor.name;
  }

  /** Whether the body goes on: it does so outside of its turns, unless it waits for a message. */
  get suspended(): boolean {
    return this.resolve === null && !this.process.hasEnded;
  }

  turn(): Turn {
    return { callback: this.body === null ? 'receive' : 'body' };
  }

  run(): number {
    this.queued = false;
    const { body } = this;
    if (body !== null) {
      this.body = null;
      this.runner.runBody(this.process, this.self, body);
    } else if (this.resolve !== null) this.look();
    return 1;
  }

  /**
   * Waits for the first message that is wanted (any, if `null`), for `afterMs` at most: then it is `undefined`.
   * Never settles once the process has ended.
   */
  receive(wanted: Wanted, afterMs: number): Promise<unknown> {
    if (!this.isOver()) {
      this.looked = 0;
      const found = this.find(wanted);
      if (!this.isOver()) {
        const { scheduler } = this.runner;
        if (found && scheduler.spend(this)) return Promise.resolve(this.take());
        // Whoever asks again and again must let the others have their turns.
        if (!found && afterMs === 0 && scheduler.spend(this)) return Promise.resolve(undefined);
        return this.wait(wanted, afterMs);
      }
    }
    return new Promise(never);
  }

  /** Whether a `receive` waits, or asks its guard. A process has one at a time. */
  get isBusy(): boolean {
    return this.resolve !== null || this.looking;
  }

  /**
   * Saves a turn where no guard must be asked, and the way through the mailbox, of which everything has been looked at
   * while the process waits. The slice counts the message all the same.
   */
  offer(message: unknown, label: Label): Arrival {
    const { wanted } = this;
    if (this.resolve === null || typeof wanted === 'function') return 'due';
    if (wanted !== null && typeOf(message, label) !== wanted) {
      this.looked += 1;
      return 'waits';
    }
    if (!this.runner.scheduler.spend(this)) return 'due';
    this.stopWaiting()(this.handOut(message, label));
    return 'taken';
  }

  /** A message was taken out of the mailbox by other means. */
  messageDropped(index: number): void {
    const isLookedAt = this.looking && index === this.looked;
    if (isLookedAt) this.gone = true;
    if (isLookedAt || index < this.looked) this.looked -= 1;
  }

  ended(): void {
    this.body = null;
    // The promise is dropped, not settled: a process that has ended executes nothing any more.
    if (this.resolve !== null) this.stopWaiting();
  }

  /** The time is over. What is in the mailbox came in time, though the process had no turn to look at it. */
  expire(): void {
    this.queued = !this.process.idle;
    if (!this.settle()) this.stopWaiting()(undefined);
  }

  /** A guard may have ended its own process. */
  private isOver(): boolean {
    return this.process.hasEnded;
  }

  private wait(wanted: Wanted, afterMs: number): Promise<unknown> {
    const { promises } = this.runner;
    const promise = promises.open();
    this.resolve = promises.resolve;
    this.reject = promises.reject;
    this.wanted = wanted;
    if (afterMs !== Infinity) {
      this.patience = new Patience(this, afterMs === 0);
      if (afterMs !== 0) this.runner.timerQueue.add(this.patience, afterMs);
    }
    if (!this.queued) this.readyOrIdle();
    return promise;
  }

  /** Messages that nobody has looked at may have come, from a guard to its own process even. */
  private readyOrIdle(): void {
    const isDue = this.looked < this.process.queueLength || this.patience?.untilTurn === true;
    if (isDue) this.process.ready();
    else this.process.idle = true;
  }

  /** @returns what resolves the promise of the `receive` that waited */
  private stopWaiting(): Settle {
    const { resolve, patience } = this;
    this.wanted = this.resolve = this.reject = null;
    this.process.idle = false;
    if (patience !== null) {
      if (!patience.untilTurn) this.runner.timerQueue.remove(patience);
      this.patience = null;
    }
    return resolve as Settle;
  }

  private look(): void {
    if (this.settle()) return;
    if (this.patience?.untilTurn === true) this.stopWaiting()(undefined);
    else this.readyOrIdle();
  }

  /** @returns whether it waits no more */
  private settle(): boolean {
    try {
      const found = this.find(this.wanted);
      if (this.resolve === null) return true;
      if (found) this.stopWaiting()(this.take());
      return found;
    } catch (error) {
      // The guard threw: that is an error of the one who receives.
      const { reject } = this;
      this.stopWaiting();
      reject?.(error);
      return true;
    }
  }

  /** Looks on from the last message looked at; leaves `looked` at the one that is wanted. */
  private find(wanted: Wanted): boolean {
    const length = this.process.queueLength;
    if (wanted === null || this.looked === length) return this.looked < length;
    return typeof wanted === 'string' ? this.findType(wanted, length) : this.findFit(wanted, length);
  }

  private findType(type: string, length: number): boolean {
    const { mailbox } = this.process;
    let index = this.looked;
    while (index < length && typeOf(mailbox.messageAt(index), mailbox.labelAt(index)) !== type) index += 1;
    this.looked = index;
    return index < length;
  }

  private findFit(fits: (message: unknown) => boolean, length: number): boolean {
    const { mailbox } = this.process;
    this.looking = true;
    try {
      // The guard may end the process, or have a message dropped: the mailbox is shorter then.
      for (; this.looked < length && this.looked < mailbox.length; this.looked++) {
        const isWanted = fits(this.messageAt(this.looked));
        if (this.gone) this.gone = false;
        else if (isWanted) return !this.process.hasEnded;
      }
      return false;
    } catch (error) {
      if (this.process.hasEnded) return false;
      throw error;
    } finally {
      this.looking = false;
    }
  }

  private take(): unknown {
    const { mailbox } = this.process;
    const label = mailbox.labelAt(this.looked);
    const message = mailbox.messageAt(this.looked);
    if (this.looked === 0) mailbox.shift();
    else mailbox.removeAt(this.looked);
    return this.handOut(message, label);
  }

  /** A message that has left the mailbox, as the body gets it. The end of the process must reach whoever calls. */
  private handOut(message: unknown, label: Label): unknown {
    if (label !== null && label !== castLabel) this.process.keepCall(label);
    return seenMessage(message, label);
  }

  private messageAt(index: number): unknown {
    const { mailbox } = this.process;
    return seenMessage(mailbox.messageAt(index), mailbox.labelAt(index));
  }
}

/** The executor of a promise that nobody settles. */
function never(): void {
  // The process has ended: its code does not go on.
}
