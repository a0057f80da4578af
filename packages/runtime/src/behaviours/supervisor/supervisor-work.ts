import { isOrderly, type ExitReason } from '../../terms/exit-reason';
import { isExit } from '../../terms/message';
import { isPid, nodeOfPid, type Pid } from '../../terms/pid';
import type { Self } from '../../node/node';
import type { LocalProcess } from '../../process/local-process';
import { badReturn, isIgnore } from '../gen-server/call-result';
import type { ChildSpec } from './child-spec';
import type { RestartSteps } from './restart-plan';
import { shutdownProcess } from './shutdown-process';
import { shutdownProcesses } from './shutdown-processes';
import { startReason } from '../gen-server/start-reason';
import type { Child, Children } from './supervisor-children';
import type { SupervisorReports } from './supervisor-report';

/** A child that did not start. OTP: `{failed_to_start_child, Id, Reason}`. */
export interface FailedToStartChild {
  readonly type: 'failedToStartChild';
  readonly id: string;
  readonly reason: ExitReason;
}

/** Starts and stops the children of one supervisor, one after another. */
export class SupervisorWork {
  constructor(
    private readonly self: Self,
    private readonly process: LocalProcess,
    private readonly children: Children,
    private readonly reports: SupervisorReports,
  ) {}

  /** Starts children in order, up to the first that fails: that one is returned. */
  async startAll(children: Iterable<Child>): Promise<FailedToStartChild | null> {
    for (const child of children) {
      const failure = await this.start(child);
      if (failure !== null) return failure;
    }
    return null;
  }

  /** Stops every child in reverse order. */
  async stopAll(): Promise<void> {
    for (const child of [...this.children.all()].reverse()) await this.stop(child);
  }

  /** Stops every child at once, in no order. The process ends next: its mailbox stays as it is. */
  async stopAllAtOnce(): Promise<void> {
    const reasons = this.seenExits();
    const running = new Map<Pid, Child>();
    for (const child of this.children.all()) if (child.pid !== undefined) running.set(child.pid, child);
    const times = Array.from(running, ([pid, { spec }]) => ({ pid, shutdownMs: spec.shutdownMs }));
    await shutdownProcesses(this.self, times, (pid, seen) => {
      this.reportUnexpected(running.get(pid) as Child, pid, reasons.get(pid) ?? seen);
    });
  }

  /** Follows a plan; a child that does not start ends it, and is returned. */
  perform(steps: RestartSteps<Child>): Promise<FailedToStartChild | null> {
    const { stop, forget, start } = steps;
    const [only] = start;
    // Most restarts are of one child: they take no more promises than the start itself.
    const isOne = only !== undefined && start.length === 1 && stop.length === 0 && forget.length === 0;
    return isOne ? this.start(only) : this.performAll(steps);
  }

  private async performAll({ stop, forget, start }: RestartSteps<Child>): Promise<FailedToStartChild | null> {
    for (const child of stop) await this.stop(child);
    for (const child of forget) this.children.remove(child);
    return this.startAll(start);
  }

  /** Whether the process of a child lives; one on another node does, as far as is known. */
  runs({ pid }: Child): boolean {
    const { node } = this.self;
    return pid !== undefined && (nodeOfPid(pid) !== node.name || node.isAlive(pid));
  }

  async start(child: Child): Promise<FailedToStartChild | null> {
    try {
      const started = await child.spec.start(this.self);
      if (isPid(started)) this.started(child, started);
      else if (isIgnore(started)) this.ignored(child);
      else throw badReturn('start', started);
    } catch (error) {
      if (this.process.hasEnded) throw error;
      const reason = startReason(error);
      if (reason !== 'ignore') return this.failed(child, reason);
      this.ignored(child);
    }
    return null;
  }

  /** Stops a child and waits for its end; its spec stays. */
  async stop(child: Child): Promise<void> {
    const { pid, spec } = child;
    if (pid !== undefined) {
      const seen = await shutdownProcess(this.self, pid, spec.shutdownMs);
      this.self.unlink(pid);
      const reason = this.takeExit(pid, seen);
      this.reportUnexpected(child, pid, reason);
    }
    this.children.stopped(child);
  }

  private started(child: Child, pid: Pid): void {
    // A start function may have forgotten to link; a second link is no other than the first.
    this.self.link(pid);
    this.children.started(child, pid);
    this.reports.progress(child);
  }

  private ignored(child: Child): void {
    if (child.restart === 'temporary') this.children.remove(child);
    else this.children.stopped(child);
  }

  private failed(child: Child, reason: ExitReason): FailedToStartChild {
    this.children.stopped(child);
    this.reports.trouble('startError', child, undefined, reason);
    return { type: 'failedToStartChild', id: child.id, reason };
  }

  private reportUnexpected(child: Child, pid: Pid, reason: ExitReason): void {
    if (!isExpected(child.spec, reason)) this.reports.trouble('shutdownError', child, pid, reason);
  }

  /** The reasons of those that had ended before: in one pass, because they may be many. */
  private seenExits(): Map<Pid, ExitReason> {
    const reasons = new Map<Pid, ExitReason>();
    this.process.dropMessage((message) => {
      // The first one: whoever linked a process that had ended already is told 'noproc' behind it.
      if (isExit(message) && !reasons.has(message.from)) reasons.set(message.from, message.reason);
      return false;
    });
    return reasons;
  }

  /** Takes the `EXIT` of a child out of the mailbox: it knows the reason even if the child had ended before. */
  private takeExit(pid: Pid, seen: ExitReason): ExitReason {
    let reason = seen;
    this.process.dropMessage((message) => {
      const isIt = isExit(message) && message.from === pid;
      if (isIt) reason = message.reason;
      return isIt;
    });
    return reason;
  }
}

/** The reasons with which a child that is stopped should end; a permanent one has no other to end with. */
function isExpected(spec: ChildSpec, reason: ExitReason): boolean {
  const asked = spec.shutdownMs === 'brutalKill' ? 'killed' : 'shutdown';
  return reason === asked || (spec.restart !== 'permanent' && isOrderly(reason));
}
