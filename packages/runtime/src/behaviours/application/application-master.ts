import { errorToData, type ExitReason } from '../../terms/exit-reason';
import type { From } from '../../terms/from';
import { isExit } from '../../terms/message';
import { isPid, type Pid } from '../../terms/pid';
import { BaseVerbs } from '../../node/verbs/base-verbs';
import type { ApplicationStopReport } from '../../node/log/reports/report';
import type { Self } from '../../node/node';
import { LongTimer } from '../../process/long-timer';
import type { AnyApplication, AnyEnv, StartedTree } from './application-options';
import { includedIn } from './application-schema';
import { badReturn, stop, type CallResult, type InitResult, type Next } from '../gen-server/call-result';
import { GenServer } from '../gen-server/gen-server';
import { refuseCall, refuseCast } from '../gen-server/refused-request';
import { shutdownProcess } from '../supervisor/shutdown-process';
import { startReason } from '../gen-server/start-reason';

/** What the process of an application is to do, and who hears how it goes. */
export interface ApplicationPlan {
  readonly application: AnyApplication;
  /** The env of an application, of this one or of one that it includes. */
  readonly envOf: (application: AnyApplication) => AnyEnv;
  /** Hears of the process of the application, before anything of it starts. */
  readonly onBegun: (master: Pid) => void;
  /** Hears that the tree runs: of its root. */
  readonly onStarted: (root: Pid) => void;
  /** Hears of the end of the application, whatever the cause. */
  readonly onEnd: (reason: ExitReason) => void;
}

/**
 * The process of an application: it starts the root of the supervision tree and is linked to it, and it stops the
 * application in order when it ends. Every process that one of the application starts belongs to it. OTP: the
 * application master.
 */
export class ApplicationMaster extends GenServer<never, never, ApplicationPlan> {
  private plan!: ApplicationPlan;
  private root: Pid | undefined;
  /** What `start` has handed out for `prepStop` and `stop`. */
  private state: unknown;
  /** Whether the time to stop in order is over. */
  private isLate = false;

  override async init(plan: ApplicationPlan): Promise<InitResult> {
    const { application, envOf } = plan;
    this.self.trapExit(true);
    this.self.label = `application ${application.name}`;
    this.plan = plan;
    lead(this.self, plan.onEnd);
    plan.onBegun(this.self.pid);
    try {
      const { root, state } = treeOf(this.self, await application.start(this.self, envOf(application)));
      this.self.link(root);
      this.root = root;
      this.state = state;
    } catch (error) {
      return stop(startReason(error));
    }
    const failure = await this.runPhases();
    if (failure === undefined) {
      plan.onStarted(this.root);
      return undefined;
    }
    await this.terminate();
    return stop(failure);
  }

  override handleCall(request: never, from: From): CallResult {
    return refuseCall(this, request, from);
  }

  override handleCast(request: never): Next {
    return refuseCast(this, request);
  }

  override handleInfo(message: unknown): Next | Promise<Next> {
    if (!isExit(message)) return super.handleInfo(message);
    if (message.from !== this.root) return undefined;
    this.root = undefined;
    return stop(message.reason);
  }

  /** Stops in order, in the time it has: what is left then is killed. */
  override async terminate(): Promise<void> {
    const { stopTimeoutMs = Infinity } = this.plan.application;
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

  /** Each phase of the application, for it and for all of what it includes that has the phase. */
  private async runPhases(): Promise<ExitReason> {
    const { application, envOf } = this.plan;
    const parts = [application, ...includedIn(application)];
    for (const { phase } of application.startPhases ?? []) {
      for (const part of parts) {
        const step = part.startPhases?.find((other) => other.phase === phase);
        try {
          await step?.run(this.self, envOf(part));
        } catch (error) {
          return { type: 'startPhaseFailed', application: part.name, phase, reason: startReason(error) };
        }
      }
    }
    return undefined;
  }

  private async stopInOrder(root: Pid | undefined): Promise<void> {
    const { prepStop, stop: cleanUp } = this.plan.application;
    const prepared = await this.attempt('prepStop', prepStop);
    if (prepared !== undefined) this.state = prepared;
    if (root !== undefined && !this.isLate) await shutdownProcess(this.self, root, Infinity);
    if (!this.isLate) await this.attempt('stop', cleanUp);
  }

  private async attempt(
    callback: 'prepStop' | 'stop',
    run: ((state: unknown) => unknown) | undefined,
  ): Promise<unknown> {
    try {
      return await run?.(this.state);
    } catch (error) {
      this.report({ kind: 'callback', callback, error: errorToData(error) });
      return undefined;
    }
  }

  private report(problem: ApplicationStopReport['problem']): void {
    const application = this.plan.application.name;
    this.self.node.log.report('error', { type: 'applicationStop', application, problem });
  }
}

/** Makes a process the leader of all that it starts, and all those start: what is left of them ends with it. */
function lead(self: Self, onEnd: (reason: ExitReason) => void): void {
  const { local } = BaseVerbs.launcherOf('startApplication', self, false);
  const master = BaseVerbs.processOf(self);
  if (master === null) return;
  const { pid } = master;
  master.leader = pid;
  master.onEnd((reason) => {
    for (const process of [...local.table.all()])
      if (process.leader === pid)
        local.router.route({ kind: 'exit', from: pid, to: process.pid, reason: 'kill' });
    onEnd(reason);
  });
}

/** The process of the application itself is no root: it could not wait for its own end. */
function treeOf(self: Self, started: Pid | StartedTree<unknown>): StartedTree<unknown> {
  const root: unknown = isPid(started) ? started : (started as Partial<StartedTree<unknown>> | null)?.root;
  if (!isPid(root) || root === self.pid) throw badReturn('start', started);
  return isPid(started) ? { root, state: undefined } : started;
}
