import { errorToData, isOrderly, type ExitReason } from '../../terms/exit-reason';
import type { From } from '../../terms/from';
import { isExit } from '../../terms/message';
import type { Pid } from '../../terms/pid';
import { BaseVerbs } from '../../node/verbs/base-verbs';
import { reply, stop, type CallResult, type InitResult, type Next } from '../gen-server/call-result';
import { checkSpec, type ChildSpec, type StartSpec } from '../supervisor/child-spec';
import { DynamicChildren } from './dynamic-children';
import {
  checkDynamicSupervision,
  type DynamicSupervision,
  type DynamicSupervisorOptions,
} from './dynamic-supervisor-options';
import type { DynamicCall, TryChildAgain } from './dynamic-supervisor-protocol';
import { GenServer } from '../gen-server/gen-server';
import { refuseCall, refuseCast } from '../gen-server/refused-request';
import { planAfterExit, planRestart, type Plan, type Policy } from '../supervisor/restart-plan';
import { RestartWindow } from '../supervisor/restart-window';
import { readState } from '../gen-server/server-state';
import { Child } from '../supervisor/supervisor-children';
import { checkSignificant } from '../supervisor/supervisor-options';
import { isRequest, isTryAgain, type ChildReply } from '../supervisor/supervisor-protocol';
import { SupervisorReports } from '../supervisor/supervisor-report';
import { countOf, done, refused, tellOf } from '../supervisor/supervisor-requests';
import { SupervisorWork } from '../supervisor/supervisor-work';

/** A child is restarted alone, and none is significant. */
const policy: Policy = { strategy: 'oneForOne', autoShutdown: 'never' };

/** Options of a dynamic supervisor, whatever its extra arguments are; with none it has its defaults. */
type AnyDynamicOptions = DynamicSupervisorOptions<readonly unknown[]> | undefined;

/** The server behind supervisors whose children come and go: starts them on demand and keeps them by their pids. */
export abstract class DynamicSupervisorServer extends GenServer<
  DynamicCall,
  TryChildAgain,
  AnyDynamicOptions
> {
  private readonly children = new DynamicChildren();
  private supervision!: DynamicSupervision;
  private window!: RestartWindow;
  private reports!: SupervisorReports;
  private work!: SupervisorWork;

  override init(options: AnyDynamicOptions): InitResult {
    // Checked here too: it may have been started as any server is.
    const supervision = checkDynamicSupervision(this.constructor.name, options ?? {});
    this.self.trapExit(true);
    const process = BaseVerbs.processOf(this.self);
    if (process === null) return stop('noproc');
    this.supervision = supervision;
    this.window = new RestartWindow(supervision.intensity);
    this.reports = new SupervisorReports(this.self.log, process.name ?? process.label ?? this.self.pid);
    this.work = new SupervisorWork(this.self, process, this.children, this.reports);
    return undefined;
  }

  override handleCall(request: DynamicCall, from: From): CallResult | Promise<CallResult> {
    if (!isRequest(request)) return refuseCall(this, request, from);
    switch (request.type) {
      case 'whichChildren':
        return reply(request, tellOf(this.children.all()));
      case 'countChildren':
        return reply(request, countOf(this.children.all(), this.work));
      case 'startChild':
        return this.startChild(request.spec).then((outcome) => reply(request, outcome));
      case 'terminateChild':
        return this.terminateChild(request.pid).then((outcome) => reply(request, outcome));
      default:
        return refuseCall(this, request, from);
    }
  }

  override handleCast(request: TryChildAgain): Next | Promise<Next> {
    if (!isTryAgain(request)) return refuseCast(this, request);
    const child = this.children.withPid(request.pid);
    if (child?.restarting !== true) return undefined;
    return this.follow(child, planRestart(policy.strategy, this.children.all(), child, this.admits));
  }

  override handleInfo(message: unknown): Next | Promise<Next> {
    if (!isExit(message)) return super.handleInfo(message);
    const child = this.children.withPid(message.from);
    // One that is being restarted stands under its last pid: that has ended once already.
    if (child === undefined || child.pid !== message.from) return undefined;
    return this.childEnded(child, message.from, message.reason);
  }

  override terminate(): Promise<void> {
    return this.work.stopAllAtOnce();
  }

  /**
   * Bears another intensity and another number of children from now on, and gives other arguments to those that are
   * started from now on. OTP: a supervisor's `code_change/3`.
   * @param extra the options of the supervisor, for `sys.changeCode`; its name stays
   * @throws BadArgumentError if an option is wrong: nothing has changed
   */
  override codeChange(oldVersion: unknown, extra: unknown): void {
    if (extra === undefined) return;
    this.supervision = checkDynamicSupervision('codeChange', extra as DynamicSupervisorOptions);
    this.window = this.window.under(this.supervision.intensity);
  }

  /** What there is to see of it, as data that can travel. */
  [readState](): unknown {
    const { intensity, maxChildren } = this.supervision;
    return { strategy: policy.strategy, intensity, maxChildren, children: tellOf(this.children.all()) };
  }

  private async startChild(spec: StartSpec): Promise<ChildReply> {
    try {
      const checked = checkDynamicSpec(spec);
      const { maxChildren, extraArguments } = this.supervision;
      if (this.children.size >= maxChildren) return refused('maxChildren');
      const child = new Child(withArguments(checked, extraArguments));
      const failure = await this.work.start(child);
      return failure === null ? done(child) : { kind: 'failed', reason: failure.reason };
    } catch (error) {
      return { kind: 'failed', reason: errorToData(error) };
    }
  }

  private async terminateChild(pid: Pid): Promise<ChildReply> {
    const child = this.children.withPid(pid);
    if (child === undefined) return refused('notFound');
    await this.work.stop(child);
    this.children.remove(child);
    return { kind: 'done' };
  }

  private readonly admits = (): boolean => this.window.admit(this.self.node.clock.now());

  private childEnded(child: Child, pid: Pid, reason: ExitReason): Next | Promise<Next> {
    this.children.stopped(child);
    const plan = planAfterExit(policy, this.children.all(), { child, reason }, this.admits);
    if (plan.action !== 'leave' || !isOrderly(reason)) {
      this.reports.trouble('childTerminated', child, pid, reason);
    }
    return this.follow(child, plan);
  }

  private follow(child: Child, plan: Plan<Child>): Next | Promise<Next> {
    switch (plan.action) {
      case 'restart':
        return this.restart(child);
      case 'leave':
        // Transient or temporary: it has no id under which it could be started again.
        this.children.remove(child);
        return undefined;
      case 'giveUp':
        this.reports.trouble('shutdown', child, undefined, 'reachedMaxRestartIntensity');
        return stop('shutdown');
    }
  }

  /** A child that fails to restart is tried again after the messages that wait; one that says `ignore` is forgotten. */
  private restart(child: Child): Promise<Next> {
    const pid = child.lastPid;
    return this.work.start(child).then((failure) => {
      if (failure !== null && pid !== undefined) {
        child.restarting = true;
        this.self.cast<DynamicSupervisorServer>(this.self.pid, { type: '$tryAgain', pid });
      } else if (!child.active) this.children.remove(child);
    });
  }
}

/** @throws BadArgumentError if the spec is wrong, or of a significant child: no end of a child ends this supervisor */
export function checkDynamicSpec(spec: StartSpec): ChildSpec {
  const checked = checkSpec('startChild', spec);
  checkSignificant('startChild', 'never', checked);
  return checked;
}

function withArguments(spec: ChildSpec, given: readonly unknown[]): ChildSpec {
  if (given.length === 0) return spec;
  const start = spec.start as (...args: readonly unknown[]) => ReturnType<ChildSpec['start']>;
  return { ...spec, start: (parent) => start(parent, ...given) };
}
