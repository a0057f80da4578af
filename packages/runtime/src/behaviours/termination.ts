import { isOrderly, reasonOfThrown, type ExitReason } from '../terms/exit-reason';
import type { From } from '../terms/from';
import type { LocalProcess } from '../process/local-process';
import type { NodeLog } from '../node/logger';
import { isPromise } from '../node/spawn';
import { Outcome } from './call-result';
import type { Callbacks } from './callbacks';
import { keptEvents, unobserved } from './observed-server';
import { reportTermination } from './termination-report';

/** The reply of a server that stops, and to whom. */
export interface LastReply {
  readonly from: From;
  readonly value: unknown;
}

/** Stands for "no message": what a server handles while it starts. */
export const nothing = Symbol('nothing');

/** A server that terminates. */
interface Terminating {
  readonly log: NodeLog;
  readonly process: LocalProcess;
  readonly server: Callbacks;
  readonly lastMessage: unknown;
  /** What is to be replied before the end. */
  readonly last: LastReply | null;
}

/**
 * Calls `terminate` and ends the process; an error in `terminate` becomes the reason.
 * @param thrown the error that is the reason, if it is one
 */
export function terminateServer(server: Terminating, reason: ExitReason, thrown: unknown): void {
  const failed = (error: unknown): void => {
    // As in OTP, a result that is thrown counts as one that is returned: what `terminate` returns says nothing.
    if (error instanceof Outcome) end(server, reason, thrown);
    else end(server, reasonOfThrown(error), error);
  };
  try {
    const result: unknown = server.server.terminate(reason);
    if (!isPromise(result)) end(server, reason, thrown);
    else {
      Promise.resolve(result).then(() => {
        end(server, reason, thrown);
      }, failed);
    }
  } catch (error) {
    failed(error);
  }
}

/** What was to be replied before the end goes out when all is cleaned up, as in OTP. */
function end(terminating: Terminating, reason: ExitReason, thrown: unknown): void {
  const { log, process, server, lastMessage, last } = terminating;
  if (process.hasEnded) return;
  if (!isOrderly(reason)) {
    reportTermination(log, process, unobserved(server), {
      reason: thrown ?? reason,
      ...(lastMessage === nothing ? {} : { lastMessage }),
      ...keptEvents(server),
    });
  }
  last?.from.reply(last.value);
  process.end(reason);
}

/** What a result says is to be replied before the end, if anything is. */
export function lastReply(from: From, answer: Outcome | null): LastReply | null {
  return answer?.kind === 'reply' ? { from, value: answer.value } : null;
}
