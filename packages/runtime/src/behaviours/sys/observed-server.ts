import type { ExitReason } from '../../terms/exit-reason';
import type { From } from '../../terms/from';
import type { SystemEvent } from '../../terms/system-event';
import type { Self } from '../../node/node';
import { isPromise } from '../../terms/promise';
import { Outcome, type CallResult, type InitResult, type Next } from '../gen-server/call-result';
import type { Callbacks } from '../gen-server/callbacks';
import { observe, type Observation } from './observation';
import type { ServerStatus } from '../gen-server/server-state';

/** Takes the place of a server that is observed: what is not observed pays nothing for it. */
export class ObservedServer implements Callbacks {
  /** Whether the server itself tells what it handles. */
  private readonly tells: boolean;

  constructor(
    readonly server: Callbacks,
    readonly observation: Observation,
  ) {
    this.tells = server[observe] !== undefined;
    server[observe]?.(observation);
  }

  get self(): Self {
    return this.server.self;
  }

  init(args: unknown): InitResult | Promise<InitResult> {
    return this.server.init(args);
  }

  handleCall(request: unknown, from: From): CallResult | Promise<CallResult> {
    this.saw({ type: 'call', request, from: from.pid });
    let result: CallResult | Promise<CallResult>;
    try {
      result = this.server.handleCall(request, from);
    } catch (thrown) {
      result = thrownResult(thrown);
    }
    return isPromise(result)
      ? Promise.resolve(result)
          .catch(thrownResult)
          .then((done) => this.answered(done, from))
      : this.answered(result, from);
  }

  handleCast(request: unknown): Next | Promise<Next> {
    this.saw({ type: 'cast', request });
    return this.server.handleCast(request);
  }

  handleInfo(message: unknown): Next | Promise<Next> {
    this.saw({ type: 'message', message });
    return this.server.handleInfo(message);
  }

  handleContinue(term: unknown): Next | Promise<Next> {
    this.saw({ type: 'continue', term });
    return this.server.handleContinue(term);
  }

  terminate(reason: ExitReason): void | Promise<void> {
    return this.server.terminate(reason);
  }

  formatStatus(status: ServerStatus): ServerStatus {
    return this.server.formatStatus(status);
  }

  private saw(event: SystemEvent): void {
    if (!this.tells) this.observation.saw(event);
  }

  private answered(result: CallResult, from: From): CallResult {
    const reply = result instanceof Outcome ? replyOf(result) : null;
    if (reply !== null) this.saw({ type: 'reply', reply: reply.value, to: from.pid });
    return result;
  }
}

/** The server itself, observed or not. */
export function unobserved(server: Callbacks): Callbacks {
  return server instanceof ObservedServer ? server.server : server;
}

/** The server itself, which is observed no more. */
export function endObservation(server: Callbacks): Callbacks {
  const plain = unobserved(server);
  plain[observe]?.(null);
  return plain;
}

/** What is observed of a server, if anything is. */
export function observationOf(server: Callbacks): Observation | undefined {
  return server instanceof ObservedServer ? server.observation : undefined;
}

/** Its last events, where a status shows them: only if they are kept. */
export function keptEvents(server: Callbacks): Pick<ServerStatus, 'log'> {
  const log = observationOf(server)?.log ?? null;
  return log === null ? {} : { log: log.events };
}

/** As in OTP, a result that is thrown counts as one that is returned. @throws what is no result */
function thrownResult(thrown: unknown): CallResult {
  if (thrown instanceof Outcome) return thrown;
  throw thrown;
}

function replyOf(result: Outcome): Outcome | null {
  const answer = result.kind === 'stop' ? result.also : result;
  return answer?.kind === 'reply' ? answer : null;
}
