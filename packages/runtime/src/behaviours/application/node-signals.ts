import { osProcess } from '#platform/program';
import type { LocalNode } from '../../node/local-node';
import { ApplicationSignals } from './application-signals';

/** The signals of the OS, for as long as an application of the node runs that handles them: they stop the node. */
export class NodeSignals {
  private readonly applications = new Set<string>();
  private signals: ApplicationSignals | null = null;

  constructor(private readonly local: LocalNode) {}

  acquire(application: string): void {
    this.applications.add(application);
    this.signals ??= new ApplicationSignals(osProcess, (signal) => this.stopNode(signal));
  }

  release(application: string): void {
    this.applications.delete(application);
    if (this.applications.size > 0) return;
    this.signals?.release();
    this.signals = null;
  }

  /** Ends the OS process with code 1 when the node has stopped, if that is for an application to do. */
  endProcess(application: string, stopped: Promise<void>): void {
    if (this.applications.has(application)) void this.signals?.endProcess(1, stopped);
  }

  private stopNode(signal: string): Promise<void> {
    for (const application of this.applications)
      this.local.log.report('info', { type: 'applicationSignal', application, signal });
    return this.local.node.stop();
  }
}
