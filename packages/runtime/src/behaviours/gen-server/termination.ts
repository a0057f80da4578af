import { isOrderly, reasonOfThrown, type ExitReason } from '../../terms/exit-reason';
import type { From } from '../../terms/from';
import type { Pid } from '../../terms/pid';
import type { LocalProcess } from '../../process/local-process';
import type { ProcessTable } from '../../process/process-table';
import { isPromise } from '../../terms/promise';
import { Outcome } from './call-result';
import type { Callbacks } from './callbacks';
import { keptEvents, unobserved } from '../sys/observed-server';
import type { Served } from './served';
import { reportStartCrash, reportTermination } from './termination-report';

/** The reply of a server that stops, and to whom. */
export interface LastReply {
  readonly from: From;
  readonly value: unknown;
}

/** Stands for "no message": what a server handles while it starts. */
export const nothing = Symbol('nothing');

/** A server that terminates. */
interface Terminating {
  readonly table: ProcessTable;
  readonly process: LocalProcess;
  readonly server: Callbacks;
  readonly lastMessage: unknown;
  /** Who waits for the reply to that. */
  readonly client: Pid | undefined;
  /** What is to be replied before the end. */
  readonly last: LastReply | null;
}

/** Calls `terminate` and ends the process; an error in `terminate` becomes the reason. */
export function terminateServer(server: Terminating, reason: ExitReason): void {
  const failed = (error: unknown): void => {
    // As in OTP, a result that is thrown counts as one that is returned: what `terminate` returns says nothing.
    end(server, isOutcome(error) ? reason : reasonOfThrown(error));
  };
  try {
    const result: unknown = server.server.terminate(reason);
    if (!isPromise(result)) end(server, reason);
    else {
      Promise.resolve(result).then(() => {
        end(server, reason);
      }, failed);
    }
  } catch (error) {
    failed(error);
  }
}

/** What is thrown may be somebody's object, and raise an error when it is looked at. */
function isOutcome(thrown: unknown): boolean {
  try {
    return thrown instanceof Outcome;
  } catch {
    return false;
  }
}

/** What was to be replied before the end goes out when all is cleaned up, as in OTP. */
function end(terminating: Terminating, reason: ExitReason): void {
  const { table, process, server, lastMessage, client, last } = terminating;
  if (process.hasEnded) return;
  if (!isOrderly(reason)) {
    reportTermination(process, table, unobserved(server), {
      reason,
      ...(lastMessage === nothing ? {} : { lastMessage }),
      ...(client === undefined ? {} : { client }),
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

/** Ends a server that has not started: it has nothing to clean up yet, and whoever starts it hears the reason. */
export function failToStart(
  { table }: { readonly table: ProcessTable },
  { process, server }: Served,
  reason: ExitReason,
): void {
  if (process.hasEnded) return;
  if (!isOrderly(reason)) reportStartCrash(process, table, server, reason);
  process.end(reason);
}
