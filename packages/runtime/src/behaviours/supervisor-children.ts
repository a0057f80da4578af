import type { Pid } from '../terms/pid';
import type { ChildSpec } from './child-spec';
import type { PlannedChild, Restart } from './restart-plan';

/** A child of a supervisor: its spec and, if it runs, its process. Changed by its table alone. */
export class Child implements PlannedChild {
  pid: Pid | undefined = undefined;
  /** The process it has, or had last. */
  lastPid: Pid | undefined = undefined;
  /** Whether its last restart failed: it is tried again. */
  restarting = false;

  constructor(readonly spec: ChildSpec) {}

  get id(): string {
    return this.spec.id;
  }
  get restart(): Restart {
    return this.spec.restart;
  }
  get significant(): boolean {
    return this.spec.significant;
  }
  get active(): boolean {
    return this.restarting || this.pid !== undefined;
  }
}

/** The children of a supervisor, whatever it finds them by. */
export interface Children {
  all(): IterableIterator<Child>;
  /** The child runs, as `pid`. */
  started(child: Child, pid: Pid): void;
  /** The child does not run. */
  stopped(child: Child): void;
  /** The child is none any more. */
  remove(child: Child): void;
}

/** The children of a supervisor in start order, found by id and by pid. */
export class ChildTable implements Children {
  private readonly byId = new Map<string, Child>();
  private readonly byPid = new Map<Pid, Child>();

  /** Adds a child behind the others. */
  add(spec: ChildSpec): Child {
    const child = new Child(spec);
    this.byId.set(spec.id, child);
    return child;
  }

  remove(child: Child): void {
    this.stopped(child);
    this.byId.delete(child.id);
  }

  started(child: Child, pid: Pid): void {
    child.pid = child.lastPid = pid;
    child.restarting = false;
    this.byPid.set(pid, child);
  }

  stopped(child: Child): void {
    if (child.pid !== undefined) this.byPid.delete(child.pid);
    child.pid = undefined;
    child.restarting = false;
  }

  get(id: string): Child | undefined {
    return this.byId.get(id);
  }

  withPid(pid: Pid): Child | undefined {
    return this.byPid.get(pid);
  }

  all(): IterableIterator<Child> {
    return this.byId.values();
  }
}
