import type { Ref } from '../../terms/ref';
import type { LocalProcess } from '../../process/local-process';

/** A monitor whose DOWN is to have a type of its own. */
interface TaggedMonitor {
  readonly tag: string;
  readonly process: LocalProcess;
  readonly processEnded: () => void;
}

/** The tags of the monitors of a node; few monitors have one. */
export class MonitorTags {
  private readonly tagged = new Map<Ref, TaggedMonitor>();

  /** How many there are. */
  get size(): number {
    return this.tagged.size;
  }

  add(ref: Ref, process: LocalProcess, tag: string): void {
    const processEnded = (): void => void this.tagged.delete(ref);
    process.onEnd(processEnded);
    this.tagged.set(ref, { tag, process, processEnded });
  }

  /** The tag of a monitor that is over, if it has one. */
  take(ref: Ref): string | undefined {
    const monitor = this.tagged.get(ref);
    if (monitor === undefined) return undefined;
    this.tagged.delete(ref);
    monitor.process.offEnd(monitor.processEnded);
    return monitor.tag;
  }
}
