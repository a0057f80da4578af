import { isOrderly, reasonOfThrown, type ExitReason } from '../terms/exit-reason';
import type { From } from '../terms/from';
import { isExit } from '../terms/message';
import type { Pid } from '../terms/pid';
import { castLabel, type Label } from '../terms/signal';
import type { Activity, LocalProcess } from '../process/local-process';
import type { NodeLog } from '../node/logger';
import { isPromise } from '../node/spawn';
import { badReturn, Outcome } from './call-result';
import type { Callbacks } from './callbacks';
import { unobserved } from './observed-server';
import type { Served } from './served';
import { isSystemRequest } from './system-request';
import { handleSystemRequest } from './system-requests';
import { reportTermination } from './termination-report';

/** Who waits for a server to start. */
export interface StartListener {
  /** What `init` gets. */
  readonly args: unknown;
  started(): void;
  failed(reason: ExitReason): void;
}

/** The reply of a server that stops, and to whom. */
interface LastReply {
  readonly from: From;
  readonly value: unknown;
}

/** The callbacks whose results mean the same. */
type PlainCallback = 'handleCast' | 'handleInfo' | 'handleContinue' | 'init';

/** Stands for "no message": what a server handles while it starts. */
const nothing = Symbol('nothing');

/**
 * Runs a server: one callback at a time, in the order of the mailbox. A callback that returns a promise suspends only
 * this server; until it settles the process is not in the run queue.
 */
export class GenServerLoop implements Activity, Served {
  private begun = false;
  private suspended = false;
  private continuation: Outcome | null = null;
  private lastMessage: unknown = nothing;

  constructor(
    private readonly log: NodeLog,
    readonly process: LocalProcess,
    public server: Callbacks,
    readonly parent: Pid | null,
    private startListener: StartListener | null,
  ) {}

  run(budget: number): number {
    for (let handled = 0; handled < budget; handled++) {
      if (this.suspended) return handled;
      if (this.continuation !== null) this.goOn(this.continuation);
      else if (!this.begun) this.init();
      else if (this.process.queueLength !== 0) this.handleNext();
      else {
        // An idle server must not keep what it handled last.
        this.lastMessage = nothing;
        this.process.idle = true;
        return handled;
      }
    }
    if (!this.suspended) this.process.ready();
    return budget;
  }

  ended(reason: ExitReason): void {
    this.suspended = true;
    this.startListener?.failed(reason);
    this.startListener = null;
  }

  /** From now on another activity has the process. */
  handOver(activity: Activity): void {
    this.suspended = true;
    this.process.begin(activity);
  }

  /** The other activity is done: the loop goes on with the next message. */
  takeOver(): void {
    this.suspended = false;
    this.process.begin(this);
  }

  private init(): void {
    this.begun = true;
    try {
      const result: unknown = this.server.init(this.startListener?.args);
      if (isPromise(result)) this.suspend(result, 'init', null);
      else this.initDone(result);
    } catch (thrown) {
      this.crash(thrown);
    }
  }

  private initDone(result: unknown): void {
    if (result instanceof Outcome && result.kind === 'ignore') this.ignored();
    else if (result instanceof Outcome && result.kind === 'stop') this.process.end(result.value);
    else {
      this.apply('init', result);
      this.startListener?.started();
      this.startListener = null;
    }
  }

  /** Its start fails, but its end is in order: it takes nobody with it who is linked. */
  private ignored(): void {
    this.startListener?.failed('ignore');
    this.startListener = null;
    this.process.end('normal');
  }

  private handleNext(): void {
    const { mailbox } = this.process;
    const label = mailbox.headLabel();
    const message = mailbox.shift();
    this.lastMessage = message;
    try {
      this.handle(message, label);
    } catch (thrown) {
      this.crash(thrown);
    }
  }

  private handle(message: unknown, label: Label): void {
    if (label === null) this.handleInfo(message);
    else if (label === castLabel) this.done('handleCast', this.server.handleCast(message));
    else this.handleCall(message, label);
  }

  private handleCall(message: unknown, from: From): void {
    if (isSystemRequest(message)) {
      handleSystemRequest(this, message, from);
      return;
    }
    const result = this.server.handleCall(message, from);
    if (result instanceof Outcome) this.answer(from, result);
    else if (isPromise(result)) this.suspend(result, 'handleCall', from);
    else throw badReturn('handleCall', result);
  }

  private handleInfo(message: unknown): void {
    if (this.parent !== null && isExit(message) && message.from === this.parent)
      this.terminate(message.reason);
    else this.done('handleInfo', this.server.handleInfo(message));
  }

  private goOn(continuation: Outcome): void {
    this.continuation = null;
    try {
      this.done('handleContinue', this.server.handleContinue(continuation.value));
    } catch (thrown) {
      this.crash(thrown);
    }
  }

  /** A callback has returned: its result counts now, or when its promise settles. */
  private done(callback: PlainCallback, result: unknown): void {
    if (result === undefined) return;
    if (isPromise(result)) this.suspend(result, callback, null);
    else this.apply(callback, result);
  }

  /** What a result of `handleCall` asks for. */
  private answer(from: From, result: unknown): void {
    if (!(result instanceof Outcome)) throw badReturn('handleCall', result);
    switch (result.kind) {
      case 'reply':
        this.continuation = result.also;
        from.reply(result.value);
        return;
      case 'noReply':
        this.continuation = result.also;
        return;
      case 'stop':
        this.terminate(result.value, undefined, lastReply(from, result.also));
        return;
      case 'continue':
      case 'ignore':
        throw badReturn('handleCall', result.kind);
    }
  }

  /** What a result of the other callbacks asks for. */
  private apply(callback: PlainCallback, result: unknown): void {
    if (result === undefined) return;
    if (!(result instanceof Outcome)) throw badReturn(callback, result);
    if (result.kind === 'continue') this.continuation = result;
    else if (result.kind === 'stop') this.terminate(result.value);
    else if (result.kind === 'noReply') this.continuation = result.also;
    else throw badReturn(callback, result.kind);
  }

  private suspend(
    result: PromiseLike<unknown>,
    callback: PlainCallback | 'handleCall',
    from: From | null,
  ): void {
    this.suspended = true;
    // A thenable may call back at once, or twice: a promise does neither.
    Promise.resolve(result).then(
      (value) => {
        this.resume(() => {
          if (from !== null) this.answer(from, value);
          else if (callback === 'init') this.initDone(value);
          else this.apply(callback as PlainCallback, value);
        });
      },
      (thrown: unknown) => {
        this.resume(() => {
          this.crash(thrown);
        });
      },
    );
  }

  private resume(step: () => void): void {
    if (this.process.hasEnded) return;
    this.suspended = false;
    try {
      step();
    } catch (thrown) {
      this.crash(thrown);
    }
    // Nobody queued the process while it was suspended, whatever arrived.
    if (!this.isSuspended()) this.process.ready();
  }

  /** A callback may have suspended the server again, which the compiler cannot see. */
  private isSuspended(): boolean {
    return this.suspended;
  }

  private crash(thrown: unknown): void {
    // A server that has not started has nothing to clean up, and whoever starts it hears the reason.
    if (this.startListener !== null) this.process.end(reasonOfThrown(thrown));
    else this.terminate(reasonOfThrown(thrown), thrown);
  }

  /** Calls `terminate` and ends the process; an error in `terminate` becomes the reason. */
  terminate(reason: ExitReason, thrown?: unknown, last: LastReply | null = null): void {
    // A callback may have ended its own process.
    if (this.process.hasEnded) return;
    this.suspended = true;
    try {
      const result: unknown = this.server.terminate(reason);
      if (!isPromise(result)) this.end(reason, thrown, last);
      else {
        Promise.resolve(result).then(
          () => {
            this.end(reason, thrown, last);
          },
          (error: unknown) => {
            this.end(reasonOfThrown(error), error, last);
          },
        );
      }
    } catch (error) {
      this.end(reasonOfThrown(error), error, last);
    }
  }

  /** What was to be replied before the end goes out when all is cleaned up, as in OTP. */
  private end(reason: ExitReason, thrown: unknown, last: LastReply | null): void {
    if (this.process.hasEnded) return;
    if (!isOrderly(reason)) {
      const { lastMessage } = this;
      reportTermination(this.log, this.process, unobserved(this.server), {
        reason: thrown ?? reason,
        ...(lastMessage === nothing ? {} : { lastMessage }),
      });
    }
    last?.from.reply(last.value);
    this.process.end(reason);
  }
}

function lastReply(from: From, answer: Outcome | null): LastReply | null {
  return answer?.kind === 'reply' ? { from, value: answer.value } : null;
}
