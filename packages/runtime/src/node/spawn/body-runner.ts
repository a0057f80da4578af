import { isPromise } from '../../terms/promise';
import { isNoCrash, isOrderly, reasonOfThrown } from '../../terms/exit-reason';
import type { LocalProcess } from '../../process/local-process';
import type { ProcessTable } from '../../process/process-table';
import type { BodyRunner } from '../../process/receiver';
import type { Scheduler } from '../../process/scheduler';
import type { OpenPromises } from '../../process/open-promises';
import type { TimerQueue } from '../../process/timer-queue';
import { reportCrash } from '../log/reports/crash-report';
import type { Self } from '../node';

/** What reports call a body that belongs to a behaviour. */
export const crashTitle = Symbol('crashTitle');

/** A body on its way. */
interface RunBody {
  readonly name: string;
  readonly [crashTitle]?: { readonly behaviour: string; readonly initialCall: string };
}

/** Executes bodies: the return of a body ends its process with `'normal'`, an uncaught error with that error. */
export class NodeBodyRunner implements BodyRunner<Self> {
  constructor(
    readonly scheduler: Scheduler,
    readonly timerQueue: TimerQueue,
    readonly promises: OpenPromises,
    private readonly table: ProcessTable,
  ) {}

  runBody(process: LocalProcess, self: Self, body: (self: Self) => unknown): void {
    try {
      const result = body(self);
      if (isPromise(result)) this.endWith(process, self, body, result);
      else process.end('normal');
    } catch (thrown) {
      this.crash(process, self, body, thrown);
    }
  }

  private endWith(process: LocalProcess, self: Self, body: RunBody, result: PromiseLike<unknown>): void {
    // A thenable may call back at once, or twice: a promise does neither.
    Promise.resolve(result).then(
      () => {
        process.end('normal');
      },
      (thrown: unknown) => {
        this.crash(process, self, body, thrown);
      },
    );
  }

  private crash(process: LocalProcess, self: Self, body: RunBody, thrown: unknown): void {
    if (process.hasEnded) return;
    const reason = reasonOfThrown(thrown);
    const title = body[crashTitle];
    // A body that exits on purpose is no crash, unless it belongs to a behaviour.
    if (!isNoCrash(thrown) || (title !== undefined && !isOrderly(reason))) {
      const { log } = self;
      const crash = { behaviour: 'Process', initialCall: log.module ?? body.name, ...title, reason };
      reportCrash(log, process, this.table, crash);
    }
    process.end(reason);
  }
}
