import { BadArgumentError } from '../terms/errors';
import { reasonOfThrown } from '../terms/exit-reason';
import type { LocalProcess } from '../process/local-process';
import { Receiver } from '../process/receiver';
import { reportCrash } from './crash-report';
import type { LocalNode } from './local-node';

/** Checks a body at the door. */
export function checkBody(call: string, body: unknown): void {
  if (typeof body !== 'function') throw new BadArgumentError({ call, expected: 'a function', got: body });
}

/**
 * Gives a process a body: it is executed at the process's first turn; its return ends the process with `'normal'`,
 * an uncaught error with that error.
 */
export function giveBody(local: LocalNode, process: LocalProcess, body: () => unknown): Receiver {
  const crash = (thrown: unknown): void => {
    if (process.hasEnded) return;
    reportCrash(local.log, process, thrown);
    process.end(reasonOfThrown(thrown));
  };
  const receiver = new Receiver(process, local.scheduler, local.clock, () => {
    try {
      const result = body();
      if (!isPromise(result)) process.end('normal');
      else result.then(() => { process.end('normal'); }, crash);
    } catch (thrown) {
      crash(thrown);
    }
  });
  process.begin(receiver);
  return receiver;
}

/** Whether a value is a promise, of this realm or another. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
