import { inspect, type InspectOptionsStylized } from 'node:util';
import { NoProcessError } from '../terms/errors';
import { isOrderly, type ExitReason } from '../terms/exit-reason';
import type { Pid } from '../terms/pid';
import { shown } from '../terms/shown';
import type { Node } from '../node/node';
import type { ApplicationPlan } from './application-master';
import type { Application, ApplicationOptions } from './application-options';
import { ApplicationSignals, type OsProcess } from './application-signals';
import { stopServer } from './stop-request';

/** An application as the one who started it sees it: decides what its end means for the node and the OS process. */
export class RunningApplication implements Application {
  readonly ended: Promise<ExitReason>;
  pid!: Pid;
  root!: Pid;
  private hasStarted = false;
  private stopping: Promise<void> | null = null;
  private markEnded!: (reason: ExitReason) => void;
  private readonly signals: ApplicationSignals | null;

  constructor(
    private readonly node: Node,
    private readonly options: ApplicationOptions,
    os: OsProcess | null,
  ) {
    this.ended = new Promise((resolve) => (this.markEnded = resolve));
    this.signals = os === null ? null : new ApplicationSignals(os, (signal) => this.onSignal(signal));
  }

  get name(): string {
    return this.options.name;
  }

  /** For prompts and logs. */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    const { name, pid, root } = this;
    return shown('Application', { name, pid, root }, depth, options);
  }

  /** What its process is to do. */
  plan(): ApplicationPlan {
    const { name, start, prepStop = nothing, stop = nothing, stopTimeoutMs = Infinity } = this.options;
    const onStarted = (pid: Pid, root: Pid): void => {
      this.pid = pid;
      this.root = root;
      this.hasStarted = true;
      const startedAt = this.node.name;
      this.node.log.report('debug', { type: 'applicationStarted', application: name, startedAt });
    };
    const onEnd = (reason: ExitReason): void => {
      if (this.hasStarted) this.hasEnded(reason);
    };
    return { name, start, prepStop, stop, stopTimeoutMs, onStarted, onEnd };
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopMaster();
    return this.stopping;
  }

  hasNotStarted(): void {
    this.signals?.release();
  }

  private async stopMaster(): Promise<void> {
    try {
      await stopServer(this.node, this.pid);
    } catch (error) {
      if (!(error instanceof NoProcessError)) throw error;
    }
  }

  private onSignal(signal: string): Promise<void> {
    this.node.log.report('info', { type: 'applicationSignal', application: this.name, signal });
    return this.node.stop();
  }

  private hasEnded(reason: ExitReason): void {
    const asked = this.stopping !== null;
    const stopsNode = !asked && this.takesNodeAlong(reason);
    this.node.log.report(stopsNode ? 'error' : 'notice', {
      type: 'applicationExited',
      application: this.name,
      exited: asked ? 'stopped' : reason,
      kind: this.kind,
      stopsNode,
    });
    if (stopsNode) {
      const stopped = this.node.stop();
      void this.signals?.endProcess(1, stopped);
    }
    this.signals?.release();
    this.markEnded(reason);
  }

  private takesNodeAlong(reason: ExitReason): boolean {
    return this.kind === 'permanent' || (this.kind === 'transient' && !isOrderly(reason));
  }

  private get kind(): 'permanent' | 'transient' | 'temporary' {
    return this.options.type ?? 'permanent';
  }
}

function nothing(): void {
  // An application that does not say how to prepare or clean up has nothing to.
}
