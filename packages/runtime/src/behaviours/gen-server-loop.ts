import { reasonOfThrown, isOrderly, type ExitReason } from '../terms/exit-reason';
import type { From } from '../terms/from';
import type { Exit } from '../terms/message';
import type { Pid } from '../terms/pid';
import { castLabel, type Label } from '../terms/signal';
import type { Activity, LocalProcess } from '../process/local-process';
import type { LocalNode } from '../node/local-node';
import { isPromise } from '../node/spawn';
import { badReturn, Outcome } from './call-result';
import type { Callbacks } from './callbacks';
import { isStopRequest } from './stop-request';
import { reportTermination } from './termination-report';

/** Stands for "no message": what a server handles while it starts or ends. */
const nothing = Symbol('nothing');

/**
 * Runs a server: one callback at a time, in the order of the mailbox. A callback that returns a promise suspends only
 * this server; until it settles the process is not in the run queue.
 */
export class GenServerLoop implements Activity {
  private begun = false;
  private suspended = false;
  private continuation: Outcome | null = null;
  private lastMessage: unknown = nothing;

  constructor(
    private readonly local: LocalNode,
    private readonly process: LocalProcess,
    private readonly server: Callbacks,
    private args: unknown,
    private readonly parent: Pid | null,
    private onStarted: (() => void) | null,
  ) {}

  run(budget: number): number {
    for (let handled = 0; handled < budget; handled++) {
      if (this.suspended || this.process.hasEnded) return handled;
      if (!this.begun) this.init();
      else if (this.continuation !== null) this.goOn(this.continuation);
      else if (this.process.queueLength === 0) {
        this.process.idle = true;
        return handled;
      } else this.handleNext();
    }
    if (!this.suspended && !this.process.hasEnded) this.process.ready();
    return budget;
  }

  ended(): void {
    this.suspended = true;
  }

  private init(): void {
    this.begun = true;
    const { args } = this;
    this.args = undefined;
    try {
      this.settle(this.server.init(args), this.started);
    } catch (thrown) {
      this.process.end(reasonOfThrown(thrown));
    }
  }

  private readonly started = (result: unknown): void => {
    if (result instanceof Outcome && result.kind === 'ignore') this.process.end('ignore');
    else if (result instanceof Outcome && result.kind === 'stop') this.process.end(result.value);
    else {
      this.next('init', result);
      this.onStarted?.();
    }
    this.onStarted = null;
  };

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
    const { server } = this;
    if (label === null) this.handleInfo(message);
    else if (label === castLabel) this.settle(server.handleCast(message), this.castDone);
    else if (isStopRequest(message)) this.terminate(message.reason);
    else this.handleCall(message, label);
  }

  private handleCall(message: unknown, from: From): void {
    const result = this.server.handleCall(message, from);
    if (result instanceof Outcome) this.answer(from, result);
    else {
      this.settle(result, (late) => {
        this.answer(from, late);
      });
    }
  }

  private handleInfo(message: unknown): void {
    if (this.parent !== null && isExitOf(this.parent, message)) this.terminate(message.reason);
    else this.settle(this.server.handleInfo(message), this.infoDone);
  }

  private readonly castDone = (result: unknown): void => {
    this.next('handleCast', result);
  };
  private readonly infoDone = (result: unknown): void => {
    this.next('handleInfo', result);
  };
  private readonly continueDone = (result: unknown): void => {
    this.next('handleContinue', result);
  };

  private goOn(continuation: Outcome): void {
    this.continuation = null;
    try {
      this.settle(this.server.handleContinue(continuation.value), this.continueDone);
    } catch (thrown) {
      this.crash(thrown);
    }
  }

  /** What a result of `handleCall` asks for. */
  private answer(from: From, result: unknown): void {
    if (!(result instanceof Outcome)) throw badReturn('handleCall', result);
    switch (result.kind) {
      case 'reply':
        from.reply(result.value);
        this.continuation = result.also;
        return;
      case 'noReply':
        this.continuation = result.also;
        return;
      case 'stop':
        if (result.also?.kind === 'reply') from.reply(result.also.value);
        this.terminate(result.value);
        return;
      case 'continue':
      case 'ignore':
        throw badReturn('handleCall', result.kind);
    }
  }

  /** What a result of the other callbacks asks for. */
  private next(callback: string, result: unknown): void {
    if (result === undefined) return;
    if (!(result instanceof Outcome)) throw badReturn(callback, result);
    if (result.kind === 'continue') this.continuation = result;
    else if (result.kind === 'noReply') this.continuation = result.also;
    else if (result.kind === 'stop') this.terminate(result.value);
    else throw badReturn(callback, result.kind);
  }

  /** Hands on a result, at once or, suspended, when its promise settles. */
  private settle(result: unknown, use: (result: unknown) => void): void {
    if (!isPromise(result)) {
      use(result);
      return;
    }
    this.suspended = true;
    result.then((value) => { this.resume(() => { use(value); }); }, (thrown: unknown) => { this.resume(() => { throw thrown; }); });
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
    if (!this.suspended && !this.process.hasEnded) this.process.ready();
  }

  private crash(thrown: unknown): void {
    if (this.onStarted !== null) this.process.end(reasonOfThrown(thrown));
    else this.terminate(reasonOfThrown(thrown), thrown);
  }

  /** Calls `terminate` and ends the process; an error in `terminate` becomes the reason. */
  private terminate(reason: ExitReason, thrown?: unknown): void {
    this.suspended = true;
    const end = (last: ExitReason, error?: unknown): void => {
      if (this.process.hasEnded) return;
      if (!isOrderly(last)) reportTermination(this.local.log, this.process, this.server, { reason: error ?? last, lastMessage: this.lastMessage });
      this.process.end(last);
    };
    try {
      const result: unknown = this.server.terminate(reason);
      if (!isPromise(result)) end(reason, thrown);
      else result.then(() => { end(reason, thrown); }, (error: unknown) => { end(reasonOfThrown(error), error); });
    } catch (error) {
      end(reasonOfThrown(error), error);
    }
  }
}

function isExitOf(parent: Pid, message: unknown): message is Exit {
  const exit = message as Partial<Exit> | null | undefined;
  return exit?.type === 'EXIT' && exit.from === parent;
}
