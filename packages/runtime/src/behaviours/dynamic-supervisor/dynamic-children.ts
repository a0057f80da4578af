import type { Pid } from '../../terms/pid';
import type { Child, Children } from '../supervisor/supervisor-children';

/**
 * The children of a dynamic supervisor, found by pid alone: their ids mean nothing. One whose restart is being tried
 * again stands under the pid it had last.
 */
export class DynamicChildren implements Children {
  private readonly byPid = new Map<Pid, Child>();

  started(child: Child, pid: Pid): void {
    this.remove(child);
    child.pid = child.lastPid = pid;
    this.byPid.set(pid, child);
  }

  stopped(child: Child): void {
    child.pid = undefined;
    child.restarting = false;
  }

  remove(child: Child): void {
    this.stopped(child);
    if (child.lastPid !== undefined) this.byPid.delete(child.lastPid);
  }

  withPid(pid: Pid): Child | undefined {
    return this.byPid.get(pid);
  }

  /** How many there are, those included whose restart is being tried again. */
  get size(): number {
    return this.byPid.size;
  }

  all(): IterableIterator<Child> {
    return this.byPid.values();
  }
}
