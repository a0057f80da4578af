import type { Pid } from '../terms/pid';
import { pidSuffix } from '../terms/pid';
import type { LocalProcess } from './local-process';

/** The processes of a node, by pid; numbers are never used twice. */
export class ProcessTable {
  private readonly processes = new Map<string, LocalProcess>();
  private readonly prefix: string;
  private readonly suffix: string;
  private lastNumber = 0;

  constructor(node: string, creation: number) {
    this.prefix = `<${node}/`;
    this.suffix = pidSuffix(creation);
  }

  /** A pid that was never used. */
  nextPid(): Pid {
    this.lastNumber += 1;
    return (this.prefix + String(this.lastNumber) + this.suffix) as Pid;
  }

  add(process: LocalProcess): void {
    this.processes.set(process.pid, process);
  }

  remove(pid: string): void {
    this.processes.delete(pid);
  }

  get(pid: string): LocalProcess | undefined {
    return this.processes.get(pid);
  }

  get size(): number {
    return this.processes.size;
  }

  all(): IterableIterator<LocalProcess> {
    return this.processes.values();
  }
}
