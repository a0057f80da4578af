import { reasonOfThrown, type ExitReason } from '../../terms/exit-reason';
import type { From } from '../../terms/from';
import { isExit } from '../../terms/message';
import type { Pid } from '../../terms/pid';
import { castLabel, type Label } from '../../terms/signal';
import type { Activity, Turn } from '../../process/activity';
import type { LocalProcess } from '../../process/local-process';
import type { LocalNode } from '../../node/local-node';
import { isPromise } from '../../terms/promise';
import { answerIn, isDeclined, nextIn, Outcome } from './call-result';
import type { Callback, Callbacks, PlainCallback } from './callbacks';
import { IdleTimer, timeout } from './idle-timer';
import { callbackFor, ServerTurn } from './server-turn';
import { unobserved } from '../sys/observed-server';
import type { Served } from './served';
import { titleOf } from './server-title';
import type { StartListener } from './start-listener';
import { isSystemRequest } from '../sys/system-request';
import { handleSystemRequest } from '../sys/system-requests';
import { failToStart, lastReply, nothing, terminateServer, type LastReply } from './termination';

/**
 * Runs a server: one callback at a time, in the order of the mailbox. A callback that returns a promise suspends only
 * this server; until it settles the process is not in the run queue.
 */
export class GenServerLoop implements Activity, Served {
  private begun = false;
  suspended = false;
  /** What comes before the next message: a continuation, or some time to wait for it. */
  private following: Outcome | null = null;
  private idleTimer: IdleTimer | null = null;
  lastMessage: unknown = nothing;
  /** The caller that a callback is to answer at this moment. */
  private answering: From | null = null;

  constructor(
    private readonly local: LocalNode,
    readonly process: LocalProcess,
    public server: Callbacks,
    readonly parent: Pid | null,
    private startListener: StartListener | null,
  ) {}

  get module(): string {
    return titleOf(unobserved(this.server)).module;
  }

  turn(): Turn {
    return new ServerTurn(this, this.begun, this.following);
  }

  run(budget: number): number {
    for (let handled = 0; handled < budget; handled++) {
      if (this.suspended) return handled;
      if (this.following !== null && this.follow(this.following)) continue;
      if (!this.begun) this.init();
      else if (this.process.queueLength !== 0) this.handleNext();
      else {
        this.rest();
        return handled;
      }
    }
    this.goOn();
    return budget;
  }

  handleAtOnce(request: unknown, from: From): boolean {
    const { following, process } = this;
    const { scheduler } = this.local;
    if (following !== null || isSystemRequest(request) || !scheduler.enter(this)) return false;
    process.idle = false;
    this.take(request, from);
    scheduler.leave();
    if (this.following !== null || process.queueLength !== 0) this.goOn();
    else if (!this.suspended) this.rest();
    return true;
  }

  ended(reason: ExitReason): void {
    this.suspended = true;
    this.idleTimer?.stop();
    this.answering?.fail({ kind: 'exit', reason });
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

  /** An idle server must not keep what it handled last. */
  private rest(): void {
    this.lastMessage = nothing;
    this.process.idle = true;
  }

  private init(): void {
    this.begun = true;
    try {
      const result: unknown = this.server.init(this.startListener?.args);
      if (isPromise(result)) this.suspend(result, 'init', null);
      else this.initDone(result);
    } catch (thrown) {
      this.threw('init', null, thrown);
    }
  }

  private initDone(result: unknown): void {
    if (result instanceof Outcome && result.kind === 'stop') {
      failToStart(this.local, this, result.value);
      return;
    }
    const declined = isDeclined(result);
    if (declined) this.startListener?.failed(result.value);
    else {
      this.apply('init', result);
      this.startListener?.started();
    }
    this.startListener = null;
    // Its start fails, but its end is in order: it takes nobody with it who is linked.
    if (declined) this.process.end('normal');
  }

  private handleNext(): void {
    const { mailbox } = this.process;
    const label = mailbox.headLabel();
    this.take(mailbox.shift(), label);
  }

  private take(message: unknown, label: Label): void {
    this.lastMessage = message;
    try {
      this.handle(message, label);
    } catch (thrown) {
      const from = label === null || label === castLabel ? null : label;
      if (from !== null) this.keep(from);
      this.threw(callbackFor(label), from, thrown);
    }
  }

  private handle(message: unknown, label: Label): void {
    if (label === null) this.handleInfo(message);
    else if (label === castLabel) this.done('handleCast', this.server.handleCast(message));
    else this.handleCall(message, label);
  }

  private handleCall(message: unknown, from: From): void {
    if (isSystemRequest(message)) {
      this.lastMessage = nothing;
      this.keep(from);
      void handleSystemRequest(this, message, from);
      return;
    }
    this.answering = from;
    const result = this.server.handleCall(message, from);
    if (result instanceof Outcome && result.kind === 'reply') {
      this.answering = null;
      this.following = result.also;
      from.reply(result.value);
    } else this.answerLater(from, result);
  }

  private answerLater(from: From, result: unknown): void {
    this.keep(from);
    if (isPromise(result)) this.suspend(result, 'handleCall', from);
    else this.answer(from, result);
  }

  /** The caller waits on: the end of the process must reach it. */
  private keep(from: From): void {
    this.answering = null;
    this.process.keepCall(from);
  }

  private handleInfo(message: unknown): void {
    if (this.parent !== null && isExit(message) && message.from === this.parent)
      this.terminate(message.reason);
    else this.done('handleInfo', this.server.handleInfo(message));
  }

  /** @returns whether that was something to do: if not, it is the turn of the messages */
  private follow(next: Outcome): boolean {
    if (next.kind === 'idle') return this.beIdle(next.value as number);
    this.following = null;
    if (next.kind === 'hibernate') {
      this.lastMessage = nothing;
      this.process.hibernate();
      return false;
    }
    this.lastMessage = { type: 'continue', term: next.value };
    try {
      this.done('handleContinue', this.server.handleContinue(next.value));
    } catch (thrown) {
      this.threw('handleContinue', null, thrown);
    }
    return true;
  }

  private beIdle(timeoutMs: number): boolean {
    this.idleTimer ??= new IdleTimer(this.local.timerQueue, this.process);
    const idleness = this.idleTimer.wait(timeoutMs);
    if (idleness !== 'waits') this.following = null;
    if (idleness === 'over') this.take(timeout, null);
    return idleness === 'over';
  }

  /** A callback has returned: its result counts now, or when its promise settles. */
  private done(callback: PlainCallback, result: unknown): void {
    if (result === undefined) return;
    if (isPromise(result)) this.suspend(result, callback, null);
    else this.apply(callback, result);
  }

  /** What a result of `handleCall` asks for. */
  private answer(from: From, result: unknown): void {
    const { kind, value, also } = answerIn(result);
    if (kind === 'stop') this.terminate(value, from, lastReply(from, also));
    else {
      this.following = also;
      if (kind === 'reply') from.reply(value);
    }
  }

  /** What a result of the other callbacks asks for. */
  private apply(callback: PlainCallback, result: unknown): void {
    if (result === undefined) return;
    const next = nextIn(callback, result);
    if (next.kind === 'stop') this.terminate(next.value);
    else this.following = next.kind === 'noReply' ? next.also : next;
  }

  private suspend(result: PromiseLike<unknown>, callback: Callback, from: From | null): void {
    this.suspended = true;
    // A thenable may call back at once, or twice: a promise does neither.
    Promise.resolve(result).then(
      (value) => {
        this.resume('conclude', callback, from, value);
      },
      (thrown: unknown) => {
        this.resume('threw', callback, from, thrown);
      },
    );
  }

  private resume(how: 'conclude' | 'threw', callback: Callback, from: From | null, value: unknown): void {
    if (this.process.hasEnded) return;
    this.suspended = false;
    try {
      this[how](callback, from, value);
    } catch (thrown) {
      this.crash(thrown, from);
    }
    this.goOn();
  }

  /** Nobody queued the process while it was suspended, whatever arrived; and a callback may have suspended it again. */
  private goOn(): void {
    if (!this.suspended) this.process.ready();
  }

  private conclude(callback: Callback, from: From | null, result: unknown): void {
    if (from !== null) this.answer(from, result);
    else if (callback === 'init') this.initDone(result);
    else this.apply(callback as PlainCallback, result);
  }

  /** As in OTP, a result that is thrown counts as one that is returned; anything else is a crash. */
  private threw(callback: Callback, from: From | null, thrown: unknown): void {
    try {
      if (thrown instanceof Outcome) this.conclude(callback, from, thrown);
      else this.crash(thrown, from);
    } catch (error) {
      this.crash(error, from);
    }
  }

  private crash(thrown: unknown, from: From | null): void {
    if (this.startListener !== null) failToStart(this.local, this, reasonOfThrown(thrown));
    else this.terminate(reasonOfThrown(thrown), from);
  }

  /** Calls `terminate` and ends the process. */
  terminate(reason: ExitReason, from: From | null = null, last: LastReply | null = null): void {
    // A callback may have ended its own process.
    if (this.process.hasEnded) return;
    this.suspended = true;
    const { process, server, lastMessage } = this;
    const client = from?.pid;
    terminateServer({ table: this.local.table, process, server, lastMessage, client, last }, reason);
  }
}
