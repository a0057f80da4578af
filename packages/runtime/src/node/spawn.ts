import { BadArgumentError } from '../terms/errors';
import { reasonOfThrown } from '../terms/exit-reason';
import type { LocalProcess } from '../process/local-process';
import type { BodyRunner } from '../process/receiver';
import type { Scheduler } from '../process/scheduler';
import type { OpenPromises } from '../process/open-promises';
import type { TimerQueue } from '../process/timer-queue';
import { reportCrash } from './crash-report';
import type { NodeLog } from './logger';

/** Checks a body at the door. */
export function checkBody(call: string, body: unknown): void {
  if (typeof body !== 'function') throw new BadArgumentError({ call, expected: 'a function', got: body });
}

/** Executes bodies: the return of a body ends its process with `'normal'`, an uncaught error with that error. */
export class NodeBodyRunner implements BodyRunner<unknown> {
  constructor(
    readonly scheduler: Scheduler,
    readonly timerQueue: TimerQueue,
    readonly promises: OpenPromises,
    private readonly log: NodeLog,
  ) {}

  runBody(process: LocalProcess, self: unknown, body: (self: unknown) => unknown): void {
    try {
      const result = body(self);
      if (isPromise(result)) this.endWith(process, result);
      else process.end('normal');
    } catch (thrown) {
      this.crash(process, thrown);
    }
  }

  private endWith(process: LocalProcess, result: PromiseLike<unknown>): void {
    // A thenable may call back at once, or twice: a promise does neither.
    Promise.resolve(result).then(
      () => {
        process.end('normal');
      },
      (thrown: unknown) => {
        this.crash(process, thrown);
      },
    );
  }

  private crash(process: LocalProcess, thrown: unknown): void {
    if (process.hasEnded) return;
    reportCrash(this.log, process, thrown);
    process.end(reasonOfThrown(thrown));
  }
}

/** Whether a value is a promise, of this realm or another. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
