import type { Pid } from '../terms/pid';
import type { Child, Children } from './supervisor-children';

/**
 * The children of a dynamic supervisor, found by pid alone: their ids mean nothing. One whose restart is being tried
 * again stands under the pid it had last.
 */
export class DynamicChildren implements Children {
  private readonly byPid = new Map<Pid, Child>();
  private readonly lastPids = new Map<Child, Pid>();

  started(child: Child, pid: Pid): void {
    this.remove(child);
    child.pid = pid;
    this.byPid.set(pid, child);
    this.lastPids.set(child, pid);
  }

  stopped(child: Child): void {
    child.pid = undefined;
    child.restarting = false;
  }

  remove(child: Child): void {
    this.stopped(child);
    const pid = this.lastPids.get(child);
    if (pid === undefined) return;
    this.byPid.delete(pid);
    this.lastPids.delete(child);
  }

  withPid(pid: Pid): Child | undefined {
    return this.byPid.get(pid);
  }

  /** The pid that a child has, or had last. */
  lastPidOf(child: Child): Pid | undefined {
    return this.lastPids.get(child);
  }

  /** How many there are, those included whose restart is being tried again. */
  get size(): number {
    return this.byPid.size;
  }

  all(): IterableIterator<Child> {
    return this.byPid.values();
  }
}
