import type { Clock, ClockTimer } from '../terms/clock';
import type { From } from '../terms/from';
import { castLabel, type Label } from '../terms/signal';
import type { Activity, LocalProcess } from './local-process';
import type { Scheduler } from './scheduler';
import { LongTimer } from './timers';

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

/** What one `receive` waits for. */
interface Waiting {
  readonly wanted: Wanted | null;
  readonly resolve: (message: unknown) => void;
  readonly reject: (error: unknown) => void;
  timer: ClockTimer | null;
}

/** Who executes the body of a process: the same for all processes of a node. */
export interface BodyRunner<Self> {
  readonly scheduler: Scheduler;
  readonly clock: Clock;
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

  constructor(
    private readonly process: LocalProcess,
    private readonly runner: BodyRunner<Self>,
    private readonly self: Self,
    private body: ((self: Self) => unknown) | null,
  ) {}

  run(): number {
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
      this.looked = 0;
      if (this.process.hasEnded) return;
      const found = this.find(wanted);
      if (found && this.runner.scheduler.spend()) resolve(this.take());
      else if (!found && afterMs === 0) resolve(undefined);
      else this.wait({ wanted, resolve, reject, timer: null }, afterMs);
    });
  }

  /** Whether a `receive` waits. A process has one at a time. */
  get isWaiting(): boolean {
    return this.waiting !== null;
  }

  ended(): void {
    // The promise is dropped, not settled: a process that has ended executes nothing any more.
    if (this.waiting !== null) this.stopWaiting();
  }

  private wait(waiting: Waiting, afterMs: number): void {
    this.waiting = waiting;
    if (afterMs !== Infinity) {
      waiting.timer = new LongTimer(this.runner.clock, afterMs, () => {
        this.stopWaiting().resolve(undefined);
      });
    }
    if (this.looked < this.process.queueLength) this.process.ready();
    else this.process.idle = true;
  }

  private stopWaiting(): Waiting {
    const waiting = this.waiting as Waiting;
    this.waiting = null;
    this.process.idle = false;
    waiting.timer?.cancel();
    return waiting;
  }

  private look(waiting: Waiting): void {
    try {
      if (this.find(waiting.wanted)) this.stopWaiting().resolve(this.take());
      else this.process.idle = true;
    } catch (error) {
      // The guard threw: that is an error of the one who receives.
      this.stopWaiting().reject(error);
    }
  }

  /** Looks on from the last message looked at; leaves `looked` at the one that is wanted. */
  private find(wanted: Wanted | null): boolean {
    const length = this.process.queueLength;
    if (wanted === null) return this.looked < length;
    const { mailbox } = this.process;
    for (; this.looked < length; this.looked++) {
      if (wanted(seen(mailbox.messageAt(this.looked), mailbox.labelAt(this.looked)))) return true;
    }
    return false;
  }

  private take(): unknown {
    const { mailbox } = this.process;
    const message = seen(mailbox.messageAt(this.looked), mailbox.labelAt(this.looked));
    mailbox.removeAt(this.looked);
    return message;
  }
}

/** A message as a body sees it: calls and casts are wrapped. */
function seen(message: unknown, label: Label): unknown {
  if (label === null) return message;
  if (label === castLabel) return { type: '$cast', request: message } satisfies IncomingCast;
  return { type: '$call', from: label, request: message } satisfies IncomingCall;
}
