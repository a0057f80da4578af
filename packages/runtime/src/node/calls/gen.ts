import { nodeOfDestination, type Address } from '../../terms/address';
import { CallingSelfError, NoProcessError, UnsendableError, type TrestleError } from '../../terms/errors';
import type { NodeName } from '../../terms/node-name';
import type { Pid } from '../../terms/pid';
import { castLabel } from '../../terms/signal';
import type { Deadlines } from '../../process/deadlines';
import type { LocalProcess } from '../../process/local-process';
import type { OpenPromises } from '../../process/open-promises';
import type { Scheduler } from '../../process/scheduler';
import { CallNumbers } from './call-numbers';
import type { Distribution } from '../distribution';
import { describeCall, FailedCall, kept, PendingCall, type CallContext } from './pending-call';
import type { Router } from '../signals/router';

/** How long a call waits for its reply unless told otherwise. OTP has the same. */
export const defaultCallTimeoutMs = 5_000;

/** Hears of the end of a request, once. */
export interface RequestEnd {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: TrestleError) => void;
}

/**
 * How every behaviour is called. A call is listed with whoever must answer it (the process, or the connection to its
 * node), so that it fails at once when the answer cannot come any more; that list does the work of OTP's monitor.
 */
export class Gen implements CallContext {
  readonly numbers = new CallNumbers();
  private arrivals = 0;

  constructor(
    readonly node: NodeName,
    readonly creation: number,
    readonly pid: Pid,
    readonly deadlines: Deadlines,
    protected readonly router: Router,
    private readonly promises: OpenPromises,
    private readonly distribution: () => Distribution,
  ) {}

  /**
   * Sends a request and waits for its reply.
   * @param caller the process that calls, unless none does
   * @throws BadArgumentError if `to` is no address
   */
  call(
    to: Address,
    request: unknown,
    timeoutMs: number,
    caller: LocalProcess | null = null,
  ): Promise<unknown> {
    const server = this.router.find(to);
    if (server === undefined || server === caller) return this.callAway(to, request, timeoutMs, caller);
    const call = this.pending(to, request, timeoutMs, kept, kept, caller);
    server.ask(request, call);
    return call.isOpen ? this.wait(call, timeoutMs, caller) : this.endOf(call, caller);
  }

  /** Sends a request that has no reply; dropped if there is nobody. */
  cast(to: Address, request: unknown, caller: LocalProcess | null = null): void {
    this.router.send(to, request, castLabel, caller);
  }

  /**
   * Sends a request whose end `ended` hears of: with the reply, or with the error.
   * @throws BadArgumentError, UnsendableError: nothing was sent, and nobody hears of it
   */
  request(to: Address, request: unknown, ended: RequestEnd, caller: LocalProcess | null): PendingCall {
    const server = this.router.find(to);
    const destination = server?.pid ?? this.router.destinationOf('sendRequest', to);
    const { resolve, reject } = ended;
    if (server !== undefined) {
      const call = this.pending(to, request, Infinity, resolve, reject, caller);
      server.deliver(request, call);
      return call;
    }
    const call = new PendingCall(this, to, request, Infinity, resolve, reject, caller);
    if (nodeOfDestination(destination) === this.node) call.fail({ kind: 'noproc' });
    else this.distribution().call(nodeOfDestination(destination), destination, request, call);
    return call;
  }

  /** Counts the responses that arrive, so that it can be told which came first. */
  nextArrival(): number {
    return (this.arrivals += 1);
  }

  numberOf(call: PendingCall): number {
    return this.numbers.assign(call);
  }

  releaseNumber(call: PendingCall): void {
    this.numbers.release(call);
  }

  /** A call of a process of this node. */
  protected pending(
    to: Address,
    request: unknown,
    timeoutMs: number,
    resolve: (value: unknown) => void,
    reject: (error: TrestleError) => void,
    caller: LocalProcess | null,
  ): PendingCall {
    return new PendingCall(this, to, request, timeoutMs, resolve, reject, caller);
  }

  /** Calls what is no other process of this node. */
  private callAway(
    to: Address,
    request: unknown,
    timeoutMs: number,
    caller: LocalProcess | null,
  ): Promise<unknown> {
    if (caller !== null && this.router.find(to) === caller)
      return this.refused(new CallingSelfError(describeCall(to, request, this.node)), caller);
    const destination = this.router.destinationOf('call', to);
    const node = nodeOfDestination(destination);
    if (node === this.node)
      return this.refused(new NoProcessError(describeCall(to, request, this.node)), caller);
    const call = new PendingCall(this, to, request, timeoutMs, kept, kept, caller);
    try {
      this.distribution().call(node, destination, request, call);
    } catch (error) {
      if (!(error instanceof UnsendableError)) throw error;
      call.abandon(error);
    }
    return call.isOpen ? this.wait(call, timeoutMs, caller) : this.endOf(call, caller);
  }

  /** A call is made, and its answer will come later, if it comes; without a time limit it lives as long as its caller. */
  private wait(call: PendingCall, timeoutMs: number, caller: LocalProcess | null): Promise<unknown> {
    const { promises } = this;
    const promise = promises.open();
    call.waitBy(promises.resolve, promises.reject);
    if (timeoutMs === Infinity && caller !== null) dropWith(caller, call, promise);
    return promise;
  }

  /** A call has ended while it was made: with a reply, with an error, or its caller with it. */
  private endOf(call: PendingCall, caller: LocalProcess | null): Promise<unknown> {
    if (caller !== null && caller.hasEnded) return new Promise(never);
    const end = call.takeEnd();
    if (end instanceof FailedCall) return this.paced(Promise.reject(end.error), caller);
    return Promise.resolve(end);
  }

  /** The failure of what `caller` asked for and is refused at once. */
  refused(error: unknown, caller: LocalProcess | null): Promise<never> {
    return this.paced(Promise.reject(error), caller);
  }

  /** Passes on what may have come at once, for whoever asks for it again and again; never once `caller` has ended. */
  inPassing<T>(value: T, caller: LocalProcess | null): T | Promise<T> {
    const { scheduler } = this.router;
    if (scheduler.spend()) return value;
    return new Promise((resolve) => {
      inTurn(scheduler, caller, () => {
        resolve(value);
      });
    });
  }

  /** Whoever tries again and again what fails at once must let the others, timers and sockets have their turns. */
  private paced<T>(failed: Promise<T>, caller: LocalProcess | null): Promise<T> {
    const { scheduler } = this.router;
    return scheduler.spend() ? failed : afterTurn(scheduler, failed, caller);
  }
}

function never(): void {
  // A process that has ended executes nothing any more.
}

/** Fails as a call has failed, when the event loop had its turn; never if its caller has ended by then. */
function afterTurn<T>(scheduler: Scheduler, failed: Promise<T>, caller: LocalProcess | null): Promise<T> {
  return new Promise((_, reject) => {
    failed.catch((error: unknown) => {
      inTurn(scheduler, caller, () => {
        reject(error);
      });
    });
  });
}

function inTurn(scheduler: Scheduler, caller: LocalProcess | null, act: () => void): void {
  const run = (): number => {
    if (caller?.hasEnded !== true) act();
    return 1;
  };
  scheduler.enqueue({ run });
}

/** A call without a timeout ends with its caller; any other is forgotten when its time is over, which costs less. */
function dropWith(caller: LocalProcess, call: PendingCall, promise: Promise<unknown>): void {
  const drop = (): void => {
    call.drop();
  };
  const settled = (): void => {
    caller.offEnd(drop);
  };
  caller.onEnd(drop);
  promise.then(settled, settled);
}
