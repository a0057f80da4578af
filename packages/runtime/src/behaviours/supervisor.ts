import type { ServerRef } from '../terms/address';
import { ChildError, StartError, type ChildFault } from '../terms/errors';
import { errorToData, isOrderly, type ExitReason } from '../terms/exit-reason';
import type { Pid } from '../terms/pid';
import { BaseVerbs } from '../node/base-verbs';
import type { LocalNode } from '../node/local-node';
import type { Verbs } from '../node/verbs';
import { noReply, reply, stop, type CallResult, type InitResult, type Next } from './call-result';
import { checkSpec, type StartSpec } from './child-spec';
import { GenServer } from './gen-server';
import { planAfterExit, planRestart, type Plan } from './restart-plan';
import { RestartWindow } from './restart-window';
import { ChildTable, type Child } from './supervisor-children';
import { checkSignificant, type Supervision } from './supervisor-options';
import type { ChildCounts, ChildInfo, ChildReply, SupervisorCall, TryAgain } from './supervisor-protocol';
import { SupervisorReports } from './supervisor-report';
import { isExit, SupervisorWork } from './supervisor-work';

/**
 * A process that starts its children in order, restarts them by its strategy, and stops them in reverse order when it
 * ends; started by `startSupervisor`. OTP: `supervisor`.
 */
export class Supervisor extends GenServer<SupervisorCall, TryAgain, Supervision> {
  private readonly children = new ChildTable();
  private supervision!: Supervision;
  private window!: RestartWindow;
  private local!: LocalNode;
  private reports!: SupervisorReports;
  private work!: SupervisorWork;

  /** The children of a supervisor, in start order. OTP: `supervisor:which_children/1`. */
  static whichChildren(on: Verbs, supervisor: ServerRef<Supervisor>): Promise<ChildInfo[]> {
    return on.call(supervisor, { type: 'whichChildren' }, { timeoutMs: Infinity });
  }

  /** How many children a supervisor has, and of which kind. OTP: `supervisor:count_children/1`. */
  static countChildren(on: Verbs, supervisor: ServerRef<Supervisor>): Promise<ChildCounts> {
    return on.call(supervisor, { type: 'countChildren' }, { timeoutMs: Infinity });
  }

  /**
   * Adds a child behind the others and starts it; if it does not start, its spec is not kept. Only on the node of the
   * supervisor: a spec holds a function. OTP: `supervisor:start_child/2`.
   * @returns its pid; `undefined` if its `init` said `ignore()`
   * @throws StartError if it did not start; ChildError if there is a child with this id
   */
  static async startChild(
    on: Verbs,
    supervisor: ServerRef<Supervisor>,
    spec: StartSpec,
  ): Promise<Pid | undefined> {
    const checked = checkSpec('startChild', spec);
    const request = { type: 'startChild', spec: checked } as const;
    return pidOf('startChild', spec.id, await on.call(supervisor, request, { timeoutMs: Infinity }));
  }

  /**
   * Starts a child that does not run. OTP: `supervisor:restart_child/2`.
   * @returns its pid; `undefined` if its `init` said `ignore()`
   * @throws StartError if it did not start; ChildError if it runs, is being restarted or is unknown
   */
  static async restartChild(
    on: Verbs,
    supervisor: ServerRef<Supervisor>,
    id: string,
  ): Promise<Pid | undefined> {
    const request = { type: 'restartChild', id } as const;
    return pidOf('restartChild', id, await on.call(supervisor, request, { timeoutMs: Infinity }));
  }

  /**
   * Stops a child as at shutdown; its spec stays, unless it is temporary. OTP: `supervisor:terminate_child/2`.
   * @throws ChildError if it is unknown
   */
  static async terminateChild(on: Verbs, supervisor: ServerRef<Supervisor>, id: string): Promise<void> {
    const request = { type: 'terminateChild', id } as const;
    pidOf('terminateChild', id, await on.call(supervisor, request, { timeoutMs: Infinity }));
  }

  /**
   * Forgets a child that does not run. OTP: `supervisor:delete_child/2`.
   * @throws ChildError if it runs, is being restarted or is unknown
   */
  static async deleteChild(on: Verbs, supervisor: ServerRef<Supervisor>, id: string): Promise<void> {
    const request = { type: 'deleteChild', id } as const;
    pidOf('deleteChild', id, await on.call(supervisor, request, { timeoutMs: Infinity }));
  }

  override async init(supervision: Supervision): Promise<InitResult> {
    this.self.trapExit(true);
    const { local, starter: process } = BaseVerbs.launcherOf('Supervisor', this.self, true);
    if (process === null) return stop('noproc');
    this.local = local;
    this.supervision = supervision;
    this.window = new RestartWindow(supervision.intensity);
    this.reports = new SupervisorReports(local.log, process.name ?? process.label ?? this.self.pid);
    this.work = new SupervisorWork(this.self, process, this.children, this.reports);
    for (const spec of supervision.children) this.children.add(spec);
    const failure = await this.work.startAll([...this.children.all()]);
    if (failure === null) return undefined;
    await this.work.stopAll();
    return stop(failure);
  }

  override handleCall(request: SupervisorCall): CallResult | Promise<CallResult> {
    if (!isRequest(request)) return this.unknown(request);
    switch (request.type) {
      case 'whichChildren':
        return reply(request, this.whichChildren());
      case 'countChildren':
        return reply(request, this.countChildren());
      case 'startChild':
        return this.startChild(request.spec).then((outcome) => reply(request, outcome));
      case 'restartChild':
        return this.restartChild(request.id).then((outcome) => reply(request, outcome));
      case 'terminateChild':
        return this.terminateChild(request.id).then((outcome) => reply(request, outcome));
      case 'deleteChild':
        return reply(request, this.deleteChild(request.id));
      default:
        return this.unknown(request);
    }
  }

  override handleCast(request: TryAgain): Next | Promise<Next> {
    const child = isRequest(request) ? this.children.get(request.id) : undefined;
    if (child?.restarting !== true) return undefined;
    const { strategy } = this.supervision;
    return this.follow(child, planRestart(strategy, this.children.all(), child, this.admits));
  }

  override handleInfo(message: unknown): Next | Promise<Next> {
    if (!isExit(message)) return super.handleInfo(message);
    const child = this.children.withPid(message.from);
    // No child, or none any more: an exit of a process that was started on behalf of one.
    return child === undefined ? undefined : this.childEnded(child, message.from, message.reason);
  }

  override terminate(): Promise<void> {
    return this.work.stopAll();
  }

  /** From an untyped caller: that must not be the end of all that is supervised. */
  private unknown(request: unknown): CallResult {
    this.local.log.warning(`Supervisor ${this.self.pid} received an unknown call`, { request });
    return noReply();
  }

  private readonly admits = (): boolean => this.window.admit(this.local.clock.now());

  private childEnded(child: Child, pid: Pid, reason: ExitReason): Next | Promise<Next> {
    this.children.stopped(child);
    const plan = planAfterExit(this.supervision, this.children.all(), { child, reason }, this.admits);
    if (plan.action !== 'leave' || !isOrderly(reason)) {
      this.reports.trouble('childTerminated', child, pid, reason);
    }
    return this.follow(child, plan);
  }

  private follow(child: Child, plan: Plan<Child>): Next | Promise<Next> {
    switch (plan.action) {
      case 'restart':
        return this.restart(plan.steps);
      case 'leave':
        if (plan.forget) this.children.remove(child);
        return plan.shutDown ? stop('shutdown') : undefined;
      case 'giveUp':
        this.reports.trouble('shutdown', child, undefined, 'reachedMaxRestartIntensity');
        return stop('shutdown');
    }
  }

  /** A child that fails to restart is tried again after the messages that wait: a supervisor is never lost in retries. */
  private async restart(steps: Extract<Plan<Child>, { action: 'restart' }>['steps']): Promise<Next> {
    const failure = await this.work.perform(steps);
    if (failure === null) return;
    const child = this.children.get(failure.id);
    if (child === undefined) return;
    child.restarting = true;
    this.self.cast<Supervisor>(this.self.pid, { type: '$tryAgain', id: child.id });
  }

  private whichChildren(): ChildInfo[] {
    return Array.from(this.children.all(), ({ id, pid, restarting, spec: { type } }) => {
      return { id, pid: restarting ? 'restarting' : pid, type };
    });
  }

  private countChildren(): ChildCounts {
    const all = [...this.children.all()];
    const supervisors = all.filter(({ spec }) => spec.type === 'supervisor').length;
    const active = all.filter((child) => child.active).length;
    return { specs: all.length, active, supervisors, workers: all.length - supervisors };
  }

  private async startChild(spec: StartSpec): Promise<ChildReply> {
    try {
      const checked = checkSpec('startChild', spec);
      checkSignificant('startChild', this.supervision.autoShutdown, checked);
      const existing = this.children.get(checked.id);
      if (existing?.pid !== undefined) return refused('alreadyStarted', existing.pid);
      if (existing !== undefined) return refused('alreadyPresent');
      const child = this.children.add(checked);
      const failure = await this.work.start(child);
      if (failure === null) return done(child);
      this.children.remove(child);
      return { kind: 'failed', reason: failure.reason };
    } catch (error) {
      return { kind: 'failed', reason: errorToData(error) };
    }
  }

  private async restartChild(id: string): Promise<ChildReply> {
    const child = this.children.get(id);
    const fault = faultOfIdle(child);
    if (child === undefined || fault !== undefined) return refused(fault ?? 'notFound');
    const failure = await this.work.start(child);
    return failure === null ? done(child) : { kind: 'failed', reason: failure.reason };
  }

  private async terminateChild(id: string): Promise<ChildReply> {
    const child = this.children.get(id);
    if (child === undefined) return refused('notFound');
    await this.work.stop(child);
    if (child.restart === 'temporary') this.children.remove(child);
    return { kind: 'done' };
  }

  private deleteChild(id: string): ChildReply {
    const child = this.children.get(id);
    const fault = faultOfIdle(child);
    if (child === undefined || fault !== undefined) return refused(fault ?? 'notFound');
    this.children.remove(child);
    return { kind: 'done' };
  }
}

function isRequest(request: unknown): boolean {
  return typeof request === 'object' && request !== null;
}

/** Why a child is not one that exists and does not run. */
function faultOfIdle(child: Child | undefined): ChildFault | undefined {
  if (child === undefined) return 'notFound';
  if (child.restarting) return 'restarting';
  return child.active ? 'running' : undefined;
}

function done({ pid }: Child): ChildReply {
  return pid === undefined ? { kind: 'done' } : { kind: 'done', pid };
}

function refused(fault: ChildFault, pid?: Pid): ChildReply {
  return pid === undefined ? { kind: 'refused', fault } : { kind: 'refused', fault, pid };
}

/** What the one who asked gets. */
function pidOf(call: string, id: string, outcome: ChildReply): Pid | undefined {
  const what = `${call} '${id}'`;
  switch (outcome.kind) {
    case 'done':
      return outcome.pid;
    case 'failed':
      throw new StartError(what, outcome.reason);
    case 'refused':
      throw new ChildError(what, outcome.fault, outcome.pid);
  }
}
