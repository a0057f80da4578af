import { describeAddress, type Address } from '../../terms/address';
import {
  CallTimeoutError,
  MailboxFullError,
  NodeDownError,
  NoProcessError,
  NotServerError,
  RemoteError,
  ServerExitError,
  type TrestleError,
} from '../../terms/errors';
import { callerMark, type CallFailure, type From, type FromIdentity, type OpenCalls } from '../../terms/from';
import type { NodeName } from '../../terms/node-name';
import type { Pid } from '../../terms/pid';
import type { Deadlines } from '../../process/deadlines';
import type { Deadline } from '../../process/due-queue';
import type { LocalProcess } from '../../process/local-process';
import type { Settle } from '../../process/open-promises';

/** What the pending calls of a node share. */
export interface CallContext {
  readonly node: NodeName;
  readonly creation: number;
  /** The caller of requests that no process makes. */
  readonly pid: Pid;
  readonly deadlines: Deadlines;
  /** Gives a call a number by which the wire names it. */
  numberOf(call: PendingCall): number;
  /** The number is free again. */
  releaseNumber(call: PendingCall): void;
}

/** An error that a call ended with while it was made. */
export class FailedCall {
  constructor(readonly error: TrestleError) {}
}

/** The ends of a call that has no promise yet: its end is kept with it, until whoever makes it takes it. */
export function kept(): void {
  // Never called: it is a mark.
}

/**
 * A call of this node that waits for its reply. It settles once; everything that comes later is dropped. It never
 * settles once the process that called has ended: that executes nothing any more.
 * (It does not extend `ListedFrom`, and its constructor sets what is only declared: V8 builds derived classes and
 * initialized fields by slower paths, each of which costs a call a tenth or a twentieth.)
 */
export class PendingCall implements From, Deadline {
  declare openCalls: OpenCalls | null;
  declare previousOpen: From | null;
  declare nextOpen: From | null;
  declare dueTick: number;
  /** The number the wire names it by; 0 while it has none. */
  declare number: number;
  /** Tells the server's node that nobody waits any more; for an end of the call that it does not know of. */
  declare withdraw: ((call: PendingCall) => void) | null;
  declare protected request: unknown;
  /** The ends of its promise; `null` once it is settled. */
  declare private resolve: Settle | null;
  declare private reject: ((error: TrestleError) => void) | null;
  declare private readonly context: CallContext;
  declare private readonly to: Address;
  declare private readonly timeoutMs: number;
  declare private readonly caller: LocalProcess | null;

  constructor(
    context: CallContext,
    to: Address,
    request: unknown,
    timeoutMs: number,
    resolve: Settle | null,
    reject: ((error: TrestleError) => void) | null,
    caller: LocalProcess | null,
  ) {
    this.openCalls = this.previousOpen = this.nextOpen = this.withdraw = null;
    this.dueTick = this.number = 0;
    this.context = context;
    this.to = to;
    this.request = request;
    this.timeoutMs = timeoutMs;
    this.resolve = resolve;
    this.reject = reject;
    this.caller = caller;
  }

  /** The reply, or a `FailedCall`, of a call that ended while it was made. */
  takeEnd(): unknown {
    const end = this.request;
    this.request = undefined;
    return end;
  }

  /** Gives a call that has not ended while it was made the ends of a promise, and its time limit. */
  waitBy(resolve: Settle, reject: Settle): void {
    this.resolve = resolve;
    this.reject = reject;
    this.context.deadlines.add(this, this.timeoutMs);
  }

  get [callerMark](): true {
    return true;
  }
  get isOpen(): boolean {
    return this.resolve !== null;
  }
  /** Who calls. */
  get pid(): Pid {
    return this.caller === null ? this.context.pid : this.caller.pid;
  }

  reply(value: unknown): void {
    const { resolve } = this;
    if (resolve === null) return;
    this.settle();
    if (resolve === kept) this.request = value;
    else if (this.isAwaited) resolve(value);
  }

  fail(failure: CallFailure): void {
    if (this.isOpen) this.abandon(this.errorOf(failure));
  }

  /** Ends the call with an error of the caller's own making. */
  abandon(error: TrestleError): void {
    const { reject } = this;
    if (reject === null) return;
    this.settle();
    if (reject === kept) this.request = new FailedCall(error);
    else if (this.isAwaited) reject(error);
  }

  /** Another node than the server's has answered. */
  replyFromElsewhere(value: unknown): void {
    this.withdraw?.(this);
    this.reply(value);
  }

  /** Another node than the server's was to answer, and cannot. */
  failFromElsewhere(failure: CallFailure): void {
    this.withdraw?.(this);
    this.fail(failure);
  }

  /** Ends the call without a word: its caller has ended. */
  drop(): void {
    if (!this.isOpen) return;
    this.withdraw?.(this);
    this.settle();
  }

  expire(): void {
    this.withdraw?.(this);
    this.abandon(new CallTimeoutError(this.describe(), this.timeoutMs));
  }

  identify(): FromIdentity {
    const { node, creation } = this.context;
    // A number that is given now would never be free again; no call has the number 0.
    return { pid: this.pid, node, creation, call: this.isOpen ? this.context.numberOf(this) : 0 };
  }

  /** The call in an error's words: `call kv@n1@127.0.0.1 'get'`. */
  describe(): string {
    return describeCall(this.to, this.request, this.context.node);
  }

  private get isAwaited(): boolean {
    return this.caller === null || !this.caller.hasEnded;
  }

  private settle(): void {
    // It may be kept for a while: what it was about should not be.
    this.resolve = this.reject = null;
    this.request = undefined;
    if (this.openCalls !== null) this.openCalls.remove(this);
    if (this.number !== 0) this.context.releaseNumber(this);
  }

  private errorOf(failure: CallFailure): TrestleError {
    switch (failure.kind) {
      case 'noproc':
        return new NoProcessError(this.describe());
      case 'notServer':
        return new NotServerError(this.describe());
      case 'mailboxFull':
        return new MailboxFullError(this.describe());
      case 'exit':
        return new ServerExitError(this.describe(), failure.reason);
      case 'nodedown':
        return new NodeDownError(this.describe(), failure.node, failure.mayHaveLeft);
      case 'badReply':
        return new RemoteError(this.describe(), failure.error);
    }
  }
}

/** A call in an error's words. */
export function describeCall(to: Address, request: unknown, node: NodeName): string {
  const type = (request as { type?: unknown } | null | undefined)?.type ?? request;
  const what = typeof type === 'string' ? ` '${type}'` : '';
  return `call ${describeAddress(to, node)}${what}`;
}
