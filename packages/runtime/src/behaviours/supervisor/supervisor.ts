import type { ServerRef } from '../../terms/address';
import { ChildError } from '../../terms/errors';
import { isOrderly, type ExitReason, type Shutdown } from '../../terms/exit-reason';
import type { From } from '../../terms/from';
import { isExit } from '../../terms/message';
import { passByReference } from '../../terms/isolation';
import type { Pid } from '../../terms/pid';
import { BaseVerbs } from '../../node/verbs/base-verbs';
import type { Verbs } from '../../node/verbs/verbs';
import type { LocalProcess } from '../../process/local-process';
import { reply, stop, type CallResult, type InitResult, type Next } from '../gen-server/call-result';
import { checkChildId, checkSpec, type ChildSpecData, type StartSpec } from './child-spec';
import { GenServer } from '../gen-server/gen-server';
import { refuseCall, refuseCast } from '../gen-server/refused-request';
import { planAfterExit, planRestart, type AutoShutdown, type Plan, type RestartSteps } from './restart-plan';
import { RestartWindow } from './restart-window';
import { readState } from '../gen-server/server-state';
import { ChildTable, type Child } from './supervisor-children';
import {
  checkSpecList,
  checkSupervision,
  type Supervision,
  type SupervisorOptions,
} from './supervisor-options';
import {
  isRequest,
  isTryAgain,
  pidOf,
  type ChildCounts,
  type ChildInfo,
  type SupervisorCall,
  type TryAgain,
} from './supervisor-protocol';
import { SupervisorReports } from './supervisor-report';
import { SupervisorRequests } from './supervisor-requests';
import { SupervisorWork, type FailedToStartChild } from './supervisor-work';

/**
 * A process that starts its children in order, restarts them by its strategy, and stops them in reverse order when it
 * ends; started by `startSupervisor`. OTP: `supervisor`.
 */
export class Supervisor extends GenServer<SupervisorCall, TryAgain, SupervisorOptions> {
  private children = new ChildTable();
  private supervision!: Supervision;
  private window!: RestartWindow;
  private reports!: SupervisorReports;
  private work!: SupervisorWork;
  private requests!: SupervisorRequests;
  private failures = 0;

  /**
   * The children of a supervisor, in start order. Waits for as long as it lives, as all that is asked of it does: it
   * answers when what it is about is done. OTP: `supervisor:which_children/1`.
   * @throws NoProcessError if there is none; ServerExitError, NodeDownError if it ends or its node is lost
   */
  static whichChildren(on: Verbs, supervisor: ServerRef<Supervisor>): Promise<ChildInfo[]> {
    return on.call(supervisor, { type: 'whichChildren' }, { timeoutMs: Infinity });
  }

  /**
   * How many children a supervisor has, and of which kind. Waits for as long as it lives. OTP:
   * `supervisor:count_children/1`.
   * @throws NoProcessError, ServerExitError, NodeDownError as `whichChildren`
   */
  static countChildren(on: Verbs, supervisor: ServerRef<Supervisor>): Promise<ChildCounts> {
    return on.call(supervisor, { type: 'countChildren' }, { timeoutMs: Infinity });
  }

  /**
   * How a supervisor keeps a child. Waits for as long as it lives. OTP: `supervisor:get_childspec/2`.
   * @throws ChildError if there is no such child; NoProcessError, ServerExitError, NodeDownError; BadArgumentError
   */
  static async getChildSpec(
    on: Verbs,
    supervisor: ServerRef<Supervisor>,
    id: string,
  ): Promise<ChildSpecData> {
    const request = { type: 'getChildSpec', id: checkChildId('getChildSpec', id) } as const;
    const spec = await on.call(supervisor, request, { timeoutMs: Infinity });
    if (spec === undefined) throw new ChildError(`getChildSpec '${id}'`, 'notFound');
    return spec;
  }

  /**
   * Checks the specs of the children of one supervisor, and starts nothing. OTP: `supervisor:check_childspecs/2`.
   * @param autoShutdown that of the supervisor; without it, whether significant children go with it is not asked
   * @throws BadArgumentError that names what is wrong
   */
  static checkChildSpecs(specs: readonly StartSpec[], autoShutdown?: AutoShutdown): void {
    checkSpecList('checkChildSpecs', specs, autoShutdown);
  }

  /**
   * Adds a child behind the others and starts it; if it does not start, its spec is not kept. Only on the node of the
   * supervisor: a spec holds a function. Waits until the child has started or failed, however long that takes. OTP:
   * `supervisor:start_child/2`.
   * @returns its pid; `undefined` if its `init` said `ignore()`
   * @throws StartError if it did not start; ChildError if there is a child with this id
   * @throws NoProcessError, BadArgumentError, UnsendableError (nothing was started); ServerExitError (it has ended too)
   */
  static async startChild(
    on: Verbs,
    supervisor: ServerRef<Supervisor>,
    spec: StartSpec,
  ): Promise<Pid | undefined> {
    const checked = checkSpec('startChild', spec);
    const request = passByReference({ type: 'startChild', spec: checked } as const);
    return pidOf('startChild', spec.id, await on.call(supervisor, request, { timeoutMs: Infinity }));
  }

  /**
   * Starts a child that does not run. Waits until it has started or failed, however long that takes. OTP:
   * `supervisor:restart_child/2`.
   * @returns its pid; `undefined` if its `init` said `ignore()`
   * @throws StartError if it did not start; ChildError if it runs, is being restarted or is unknown
   * @throws NoProcessError, BadArgumentError; ServerExitError, NodeDownError (it may have started)
   */
  static async restartChild(
    on: Verbs,
    supervisor: ServerRef<Supervisor>,
    id: string,
  ): Promise<Pid | undefined> {
    const request = { type: 'restartChild', id: checkChildId('restartChild', id) } as const;
    return pidOf('restartChild', id, await on.call(supervisor, request, { timeoutMs: Infinity }));
  }

  /**
   * Stops a child as at shutdown; its spec stays, unless it is temporary. Waits until it has ended, however long that
   * takes. OTP: `supervisor:terminate_child/2`.
   * @throws ChildError if it is unknown
   * @throws NoProcessError, BadArgumentError; ServerExitError, NodeDownError (it may have ended)
   */
  static async terminateChild(on: Verbs, supervisor: ServerRef<Supervisor>, id: string): Promise<void> {
    const request = { type: 'terminateChild', id: checkChildId('terminateChild', id) } as const;
    pidOf('terminateChild', id, await on.call(supervisor, request, { timeoutMs: Infinity }));
  }

  /**
   * Forgets a child that does not run. Waits for as long as the supervisor lives. OTP: `supervisor:delete_child/2`.
   * @throws ChildError if it runs, is being restarted or is unknown
   * @throws NoProcessError, BadArgumentError; ServerExitError, NodeDownError (it may be forgotten)
   */
  static async deleteChild(on: Verbs, supervisor: ServerRef<Supervisor>, id: string): Promise<void> {
    const request = { type: 'deleteChild', id: checkChildId('deleteChild', id) } as const;
    pidOf('deleteChild', id, await on.call(supervisor, request, { timeoutMs: Infinity }));
  }

  override async init(options: SupervisorOptions): Promise<InitResult> {
    // Checked here too: it may have been started as any server is.
    const supervision = checkSupervision(this.constructor.name, options);
    this.self.trapExit(true);
    const process = BaseVerbs.processOf(this.self);
    if (process === null) return stop('noproc');
    this.window = new RestartWindow(supervision.intensity);
    this.keep(supervision, process);
    for (const spec of supervision.children) this.children.add(spec);
    const failure = await this.work.startAll([...this.children.all()]);
    if (failure === null) return undefined;
    await this.work.stopAll();
    return stop({ type: 'shutdown', detail: failure } satisfies Shutdown);
  }

  override handleCall(request: SupervisorCall, from: From): CallResult | Promise<CallResult> {
    if (!isRequest(request)) return refuseCall(this, request, from);
    switch (request.type) {
      case 'whichChildren':
        return reply(request, this.requests.whichChildren());
      case 'countChildren':
        return reply(request, this.requests.countChildren());
      case 'getChildSpec':
        return reply(request, this.requests.getChildSpec(request.id));
      case 'startChild':
        return this.requests.startChild(request.spec).then((outcome) => reply(request, outcome));
      case 'restartChild':
        return this.requests.restartChild(request.id).then((outcome) => reply(request, outcome));
      case 'terminateChild':
        return this.requests.terminateChild(request.id).then((outcome) => reply(request, outcome));
      case 'deleteChild':
        return reply(request, this.requests.deleteChild(request.id));
      default:
        return refuseCall(this, request, from);
    }
  }

  override handleCast(request: TryAgain): Next | Promise<Next> {
    if (!isTryAgain(request)) return refuseCast(this, request);
    const child = this.children.get(request.id);
    if (child?.restarting !== true || child.failure !== request.failure) return undefined;
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

  /**
   * Keeps its children in another way, without starting or stopping any: those that have a new spec by it, from now on;
   * new ones do not run yet; those without a new spec stay, behind the others. OTP: a supervisor's `code_change/3`.
   * @param extra the options of `startSupervisor`, for `sys.changeCode`; its name stays
   * @throws BadArgumentError if an option or a child spec is wrong: nothing has changed
   */
  override codeChange(oldVersion: unknown, extra: unknown): void {
    const process = BaseVerbs.processOf(this.self);
    if (extra === undefined || process === null) return;
    const supervision = checkSupervision('codeChange', extra as SupervisorOptions);
    this.children = this.children.under(supervision.children);
    this.window = this.window.under(supervision.intensity);
    this.keep(supervision, process);
  }

  /** What there is to see of it, as data that can travel. */
  [readState](): unknown {
    const { strategy, intensity, autoShutdown } = this.supervision;
    return { strategy, intensity, autoShutdown, children: this.requests.whichChildren() };
  }

  /** Keeps its children in this way from now on. */
  private keep(supervision: Supervision, process: LocalProcess): void {
    this.supervision = supervision;
    this.reports = new SupervisorReports(this.self.log, process.name ?? process.label ?? this.self.pid);
    this.work = new SupervisorWork(this.self, process, this.children, this.reports);
    this.requests = new SupervisorRequests(this.children, this.work, supervision.autoShutdown);
  }

  private readonly admits = (): boolean => this.window.admit(this.self.node.clock.now());

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
  private restart(steps: RestartSteps<Child>): Promise<Next> {
    return this.work.perform(steps).then(this.restarted);
  }

  private readonly restarted = (failure: FailedToStartChild | null): void => {
    const child = failure === null ? undefined : this.children.get(failure.id);
    if (child === undefined) return;
    child.restarting = true;
    child.failure = this.failures += 1;
    this.self.cast<Supervisor>(this.self.pid, { type: '$tryAgain', id: child.id, failure: child.failure });
  };
}
