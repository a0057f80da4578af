import type { ExitReason } from '../terms/exit-reason';
import type { From } from '../terms/from';
import type { Self } from '../node/node';
import { isPromise } from '../node/spawn';
import { Outcome, type CallResult, type InitResult, type Next } from './call-result';
import type { Callbacks } from './callbacks';
import type { ServerStatus } from './server-state';

/** What a server has handled since `sys.statistics(on, server, true)`. Times are milliseconds since 1970. */
export interface Statistics {
  readonly startTime: number;
  readonly currentTime: number;
  /** Messages it handled: calls, casts and others. */
  readonly messagesIn: number;
  /** Replies its callbacks returned. */
  readonly messagesOut: number;
}

/** Takes the place of a server whose messages are counted or traced: what is not observed pays nothing for it. */
export class ObservedServer implements Callbacks {
  /** Whether each message is logged. */
  traces = false;
  private since: number | null = null;
  private messagesIn = 0;
  private messagesOut = 0;

  constructor(
    readonly server: Callbacks,
    private readonly who: string,
  ) {}

  get self(): Self {
    return this.server.self;
  }

  get counts(): boolean {
    return this.since !== null;
  }

  /** Begins to count, from nothing, or stops. */
  count(flag: boolean): void {
    this.since = flag ? this.self.node.clock.wallTime() : null;
    this.messagesIn = this.messagesOut = 0;
  }

  /** What was counted; `undefined` if nothing is. */
  get statistics(): Statistics | undefined {
    const { since: startTime, messagesIn, messagesOut } = this;
    if (startTime === null) return undefined;
    return { startTime, currentTime: this.self.node.clock.wallTime(), messagesIn, messagesOut };
  }

  init(args: unknown): InitResult | Promise<InitResult> {
    return this.server.init(args);
  }

  handleCall(request: unknown, from: From): CallResult | Promise<CallResult> {
    this.came('call', { request, from: from.pid });
    const result = this.server.handleCall(request, from);
    return isPromise(result)
      ? Promise.resolve(result).then((done) => this.answered(done, from))
      : this.answered(result, from);
  }

  handleCast(request: unknown): Next | Promise<Next> {
    this.came('cast', { request });
    return this.server.handleCast(request);
  }

  handleInfo(message: unknown): Next | Promise<Next> {
    this.came('message', { message });
    return this.server.handleInfo(message);
  }

  handleContinue(term: unknown): Next | Promise<Next> {
    return this.server.handleContinue(term);
  }

  terminate(reason: ExitReason): void | Promise<void> {
    return this.server.terminate(reason);
  }

  formatStatus(status: ServerStatus): ServerStatus {
    return this.server.formatStatus(status);
  }

  private came(what: string, report: Readonly<Record<string, unknown>>): void {
    this.messagesIn += 1;
    this.trace(`got a ${what}`, report);
  }

  private answered(result: CallResult, from: From): CallResult {
    const reply = result instanceof Outcome ? replyOf(result) : null;
    if (reply !== null) {
      this.messagesOut += 1;
      this.trace('replied', { reply: reply.value, to: from.pid });
    }
    return result;
  }

  private trace(what: string, report: Readonly<Record<string, unknown>>): void {
    if (this.traces) this.self.node.log.info(`${this.who} ${what}`, report);
  }
}

/** The server itself, observed or not. */
export function unobserved(server: Callbacks): Callbacks {
  return server instanceof ObservedServer ? server.server : server;
}

function replyOf(result: Outcome): Outcome | null {
  const answer = result.kind === 'stop' ? result.also : result;
  return answer?.kind === 'reply' ? answer : null;
}
