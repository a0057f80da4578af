import { describeAddress, type Address } from '../terms/address';
import {
  CallTimeoutError,
  MailboxFullError,
  NodeDownError,
  NoProcessError,
  NotServerError,
  RemoteError,
  ServerExitError,
  type TrestleError,
} from '../terms/errors';
import { callerMark, type CallFailure, type From, type FromIdentity, type OpenCalls } from '../terms/from';
import type { NodeName } from '../terms/node-name';
import type { Pid } from '../terms/pid';
import type { Deadline, Deadlines, DueQueue } from '../process/deadlines';
import type { LocalProcess } from '../process/local-process';

/** What the pending calls of a node share. */
export interface CallContext {
  readonly node: NodeName;
  readonly creation: number;
  readonly deadlines: Deadlines;
  /** Gives a call a number by which the wire names it. */
  numberOf(call: PendingCall): number;
  /** The number is free again. */
  releaseNumber(call: PendingCall): void;
}

/**
 * A call of this node that waits for its reply. It settles once; everything that comes later is dropped. It never
 * settles once the process that called has ended: that executes nothing any more.
 * (It does not extend `ListedFrom`: a derived class is built by a slow path of V8, which costs a call a tenth.)
 */
export class PendingCall implements From, Deadline {
  openCalls: OpenCalls | null = null;
  previousOpen: From | null = null;
  nextOpen: From | null = null;
  dueQueue: DueQueue | null = null;
  previousDue: Deadline | null = null;
  nextDue: Deadline | null = null;
  dueTick = 0;

  /** The number the wire names it by; 0 while it has none. */
  number = 0;
  /** Tells the server's node that nobody waits any more; for an end of the call that it does not know of. */
  withdraw: ((call: PendingCall) => void) | null = null;
  private settled = false;

  constructor(
    readonly pid: Pid,
    private readonly context: CallContext,
    private readonly to: Address,
    private readonly request: unknown,
    private readonly timeoutMs: number,
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (error: TrestleError) => void,
    private readonly caller: LocalProcess | null = null,
  ) {
    context.deadlines.add(this, timeoutMs);
  }

  get [callerMark](): true {
    return true;
  }

  reply(value: unknown): void {
    if (this.settled) return;
    this.settle();
    if (this.isAwaited) this.resolve(value);
  }

  fail(failure: CallFailure): void {
    this.abandon(this.errorOf(failure));
  }

  /** Ends the call with an error of the caller's own making. */
  abandon(error: TrestleError): void {
    if (this.settled) return;
    this.settle();
    if (this.isAwaited) this.reject(error);
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
    if (this.settled) return;
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
    return { pid: this.pid, node, creation, call: this.settled ? 0 : this.context.numberOf(this) };
  }

  /** The call in an error's words: `call kv@n1@127.0.0.1 'get'`. */
  describe(): string {
    return describeCall(this.to, this.request, this.context.node);
  }

  private get isAwaited(): boolean {
    return this.caller === null || !this.caller.hasEnded;
  }

  private settle(): void {
    this.settled = true;
    if (this.dueQueue !== null) this.dueQueue.remove(this);
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
        return new NodeDownError(this.describe(), failure.node);
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
