import { errorToData, type ExitReason } from '../terms/exit-reason';
import { isExit } from '../terms/message';
import { isPid, type Pid } from '../terms/pid';
import { BaseVerbs } from '../node/base-verbs';
import type { ApplicationStopReport } from '../node/log/report';
import type { Self } from '../node/node';
import { LongTimer } from '../process/long-timer';
import { badReturn, stop, type InitResult, type Next } from './call-result';
import { GenServer } from './gen-server';
import { shutdownProcess } from './shutdown-process';
import { startReason } from './start-reason';

/** What an application does: options of `startApplication` with every default filled in. */
export interface ApplicationPlan {
  readonly name: string;
  readonly start: (self: Self) => Pid | Promise<Pid>;
  readonly prepStop: () => unknown;
  readonly stop: () => unknown;
  readonly stopTimeoutMs: number;
  /** Hears that the tree runs: the pid of the application and of the root. */
  readonly onStarted: (master: Pid, root: Pid) => void;
  /** Hears of the end of the application, whatever the cause. */
  readonly onEnd: (reason: ExitReason) => void;
}

/**
 * The process of an application: it starts the root of the supervision tree and is linked to it, and it stops the
 * application in order when it ends. OTP: the application master.
 */
export class ApplicationMaster extends GenServer<never, never, ApplicationPlan> {
  private plan!: ApplicationPlan;
  private root: Pid | undefined;
  /** Whether the time to stop in order is over. */
  private isLate = false;

  override async init(plan: ApplicationPlan): Promise<InitResult> {
    this.self.trapExit(true);
    this.self.label = `application ${plan.name}`;
    this.plan = plan;
    BaseVerbs.processOf(this.self)?.onEnd(plan.onEnd);
    try {
      const root: unknown = await plan.start(this.self);
      if (!isPid(root)) throw badReturn('start', root);
      this.self.link(root);
      this.root = root;
      plan.onStarted(this.self.pid, root);
      return undefined;
    } catch (error) {
      return stop(startReason(error));
    }
  }

  override handleInfo(message: unknown): Next | Promise<Next> {
    if (!isExit(message)) return super.handleInfo(message);
    if (message.from !== this.root) return undefined;
    this.root = undefined;
    return stop(message.reason);
  }

  /** Stops in order, in the time it has: what is left then is killed. */
  override async terminate(): Promise<void> {
    const { stopTimeoutMs } = this.plan;
    const { root } = this;
    const { clock } = this.self.node;
    await new Promise<void>((resolve) => {
      const timer = new LongTimer(clock, stopTimeoutMs, () => {
        this.isLate = true;
        this.report({ kind: 'timeout', stopTimeoutMs });
        if (root !== undefined) this.self.exitSignal(root, 'kill');
        resolve();
      });
      void this.stopInOrder(root).then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  private async stopInOrder(root: Pid | undefined): Promise<void> {
    // A root that has ended by itself has nothing left to prepare.
    if (root !== undefined) {
      await this.attempt('prepStop');
      if (this.isLate) return;
      await shutdownProcess(this.self, root, Infinity);
    }
    if (!this.isLate) await this.attempt('stop');
  }

  private async attempt(callback: 'prepStop' | 'stop'): Promise<void> {
    try {
      await this.plan[callback]();
    } catch (error) {
      this.report({ kind: 'callback', callback, error: errorToData(error) });
    }
  }

  private report(problem: ApplicationStopReport['problem']): void {
    this.self.log.report('error', { type: 'applicationStop', application: this.plan.name, problem });
  }
}
