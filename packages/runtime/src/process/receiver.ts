import type { From } from '../terms/from';
import { castLabel, type Label } from '../terms/signal';
import type { Activity, LocalProcess } from './local-process';
import type { Scheduler } from './scheduler';
import type { Due, TimerQueue } from './timer-queue';

/** A call that reached a process which is no server. OTP: `{'$gen_call', From, Request}`. */
export interface IncomingCall<Request = unknown> {
  readonly type: '$call';
  readonly from: From;
  readonly request: Request;
}

/** A cast that reached a process which is no server. OTP: `{'$gen_cast', Request}`. */
export interface IncomingCast<Request = unknown> {
  readonly type: '$cast';
  readonly request: Request;
}

/** Tells whether a `receive` wants a message. */
export type Wanted = (message: unknown) => boolean;

/** What one `receive` waits for, for how long. */
class Waiting implements Due {
  dueAt = 0;
  order = 0;
  place = -1;

  constructor(
    private readonly receiver: { expire(waiting: Waiting): void },
    readonly wanted: Wanted | null,
    readonly resolve: (message: unknown) => void,
    readonly reject: (error: unknown) => void,
  ) {}

  fire(): void {
    this.receiver.expire(this);
  }
}

/** Who executes the body of a process: the same for all processes of a node. */
export interface BodyRunner<Self> {
  readonly scheduler: Scheduler;
  readonly timerQueue: TimerQueue;
  /** Executes the body, and ends the process when it is done. */
  runBody(process: LocalProcess, self: Self, body: (self: Self) => unknown): void;
}

/**
 * The activity of a process that takes its messages by `receive`: executes the body, and hands it the first message
 * that it wants. The others stay where they are, in order, and are not looked at twice by the same `receive`.
 */
export class Receiver<Self> implements Activity {
  private waiting: Waiting | null = null;
  private looked = 0;
  /** Whether a guard is asked: code of the user, which may do anything but receive. */
  private looking = false;
  /** Whether the process is in the run queue without need: a timeout does not take it out. */
  private queued = false;

  constructor(
    private readonly process: LocalProcess,
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

  run(): number {
    this.queued = false;
    const { body, waiting } = this;
    if (body !== null) {
      this.body = null;
      this.runner.runBody(this.process, this.self, body);
    } else if (waiting !== null) this.look(waiting);
    return 1;
  }

  /**
   * Waits for the first message that is wanted (any, if `null`), for `afterMs` at most: then it is `undefined`.
   * Never settles once the process has ended.
   */
  receive(wanted: Wanted | null, afterMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.isOver()) return;
      this.looked = 0;
      const found = this.find(wanted);
      if (this.isOver()) return;
      if (found && this.runner.scheduler.spend()) resolve(this.take());
      else if (!found && afterMs === 0) resolve(undefined);
      else this.wait(new Waiting(this, wanted, resolve, reject), afterMs);
    });
  }

  /** Whether a `receive` waits, or asks its guard. A process has one at a time. */
  get isBusy(): boolean {
    return this.waiting !== null || this.looking;
  }

  /** A message was taken out of the mailbox by other means. */
  messageDropped(index: number): void {
    if (index < this.looked) this.looked -= 1;
  }

  ended(): void {
    this.body = null;
    // The promise is dropped, not settled: a process that has ended executes nothing any more.
    if (this.waiting !== null) this.stopWaiting();
  }

  /** A guard may have ended its own process. */
  private isOver(): boolean {
    return this.process.hasEnded;
  }

  private wait(waiting: Waiting, afterMs: number): void {
    this.waiting = waiting;
    if (afterMs !== Infinity) this.runner.timerQueue.add(waiting, afterMs);
    if (this.queued) return;
    if (this.looked < this.process.queueLength) this.process.ready();
    else this.process.idle = true;
  }

  private stopWaiting(): Waiting {
    const waiting = this.waiting as Waiting;
    this.waiting = null;
    this.process.idle = false;
    this.runner.timerQueue.remove(waiting);
    return waiting;
  }

  /** The time is over. What is in the mailbox came in time, though the process had no turn to look at it. */
  expire(waiting: Waiting): void {
    this.queued = !this.process.idle;
    if (!this.settle(waiting)) this.stopWaiting().resolve(undefined);
  }

  private look(waiting: Waiting): void {
    if (this.settle(waiting)) return;
    // A guard may have sent to its own process.
    if (this.looked < this.process.queueLength) this.process.ready();
    else this.process.idle = true;
  }

  /** @returns whether it waits no more */
  private settle(waiting: Waiting): boolean {
    try {
      const found = this.find(waiting.wanted);
      if (this.waiting === null) return true;
      if (found) this.stopWaiting().resolve(this.take());
      return found;
    } catch (error) {
      // The guard threw: that is an error of the one who receives.
      this.stopWaiting().reject(error);
      return true;
    }
  }

  /** Looks on from the last message looked at; leaves `looked` at the one that is wanted. */
  private find(wanted: Wanted | null): boolean {
    const length = this.process.queueLength;
    if (wanted === null) return this.looked < length;
    this.looking = true;
    try {
      // The guard may end the process, or have a message dropped: the mailbox is shorter then.
      for (; this.looked < length && this.looked < this.process.queueLength; this.looked++) {
        if (wanted(this.messageAt(this.looked))) return !this.process.hasEnded;
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
    const message = this.messageAt(this.looked);
    this.process.mailbox.removeAt(this.looked);
    return message;
  }

  private messageAt(index: number): unknown {
    const { mailbox } = this.process;
    return seenMessage(mailbox.messageAt(index), mailbox.labelAt(index));
  }
}

/** A message as a body sees it: calls and casts are wrapped. */
export function seenMessage(message: unknown, label: Label): unknown {
  if (label === null) return message;
  if (label === castLabel) return { type: '$cast', request: message } satisfies IncomingCast;
  return { type: '$call', from: label, request: message } satisfies IncomingCall;
}
