import { inspect, type InspectOptionsStylized } from '#platform/inspect';
import { NoProcessError, ServerExitError } from '../../terms/errors';
import type { ExitReason } from '../../terms/exit-reason';
import type { Pid } from '../../terms/pid';
import { inspected } from '../../terms/inspected';
import type { LocalNode } from '../../node/local-node';
import type { AnyEnv, Application, ApplicationType } from './application-options';
import type { LoadedApplication } from './loaded-application';
import type { NodeSignals } from './node-signals';
import { stopServer } from '../gen-server/stop-server';

/** How an application is started: what its options and those of its start come to. */
export interface ApplicationStart {
  readonly type: ApplicationType;
  readonly handleSignals: boolean;
}

/** An application as the one who started it sees it: decides what its end means for the node and the OS process. */
export class RunningApplication implements Application {
  readonly ended: Promise<ExitReason>;
  pid!: Pid;
  root!: Pid;
  private stopping: Promise<void> | null = null;
  private markEnded!: (reason: ExitReason) => void;

  constructor(
    private readonly local: LocalNode,
    readonly loaded: LoadedApplication,
    private readonly start: ApplicationStart,
    private readonly signals: NodeSignals,
  ) {
    this.ended = new Promise((resolve) => (this.markEnded = resolve));
    if (start.handleSignals) signals.acquire(this.name);
  }

  get name(): string {
    return this.loaded.definition.name;
  }

  get env(): AnyEnv {
    return this.loaded.env.current;
  }

  /** For prompts and logs. */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    const { name, pid, root } = this;
    return inspected('Application', { name, pid, root }, depth, options);
  }

  /** Whether somebody is stopping it, or has. */
  get isStopping(): boolean {
    return this.stopping !== null;
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopMaster();
    return this.stopping;
  }

  /** Its tree runs. */
  hasStarted(root: Pid): void {
    this.root = root;
    const startedAt = this.local.name;
    this.local.log.report('debug', { type: 'applicationStarted', application: this.name, startedAt });
  }

  hasNotStarted(): void {
    this.signals.release(this.name);
  }

  hasEnded(reason: ExitReason): void {
    const asked = this.stopping !== null;
    const stopsNode = !asked && this.takesNodeAlong(reason);
    this.local.log.report(stopsNode ? 'error' : 'notice', {
      type: 'applicationExited',
      application: this.name,
      exited: asked ? 'stopped' : reason,
      kind: this.start.type,
      stopsNode,
    });
    if (stopsNode) this.signals.endProcess(this.name, this.local.node.stop());
    this.signals.release(this.name);
    this.markEnded(reason);
  }

  private async stopMaster(): Promise<void> {
    try {
      await stopServer(this.local.node, this.pid);
    } catch (error) {
      // It has ended, or has been about to by itself: for whatever reason, it runs no more.
      if (!(error instanceof NoProcessError || error instanceof ServerExitError)) throw error;
    }
  }

  /** As in OTP, `'shutdown'` is no normal end of a transient application: it is the end of a supervisor that gave up. */
  private takesNodeAlong(reason: ExitReason): boolean {
    const { type } = this.start;
    return type === 'permanent' || (type === 'transient' && reason !== 'normal');
  }
}
