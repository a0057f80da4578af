import type { Pid } from '../../terms/pid';
import type { ChildSpec } from './child-spec';
import type { PlannedChild, Restart } from './restart-plan';

/** A child of a supervisor: its spec and, if it runs, its process. Changed by its table alone. */
export class Child implements PlannedChild {
  pid: Pid | undefined = undefined;
  /** The process it has, or had last. */
  lastPid: Pid | undefined = undefined;
  /** Whether its last restart failed: it is tried again. */
  restarting = false;
  /** Which of the failures of its supervisor's children that was. */
  failure = 0;

  constructor(readonly spec: ChildSpec) {}

  /** The same child, kept in another way. */
  under(spec: ChildSpec): Child {
    const other = new Child(spec);
    other.pid = this.pid;
    other.lastPid = this.lastPid;
    other.restarting = this.restarting;
    other.failure = this.failure;
    return other;
  }

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
    return this.put(new Child(spec));
  }

  /** The same children, kept as the specs say, and in their order; those without a new spec stay, behind the others. */
  under(specs: readonly ChildSpec[]): ChildTable {
    const table = new ChildTable();
    for (const spec of specs) table.put(this.byId.get(spec.id)?.under(spec) ?? new Child(spec));
    for (const child of this.byId.values()) if (!table.byId.has(child.id)) table.put(child.under(child.spec));
    return table;
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

  private put(child: Child): Child {
    this.byId.set(child.id, child);
    if (child.pid !== undefined) this.byPid.set(child.pid, child);
    return child;
  }
}
