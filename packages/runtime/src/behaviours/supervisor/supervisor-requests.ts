import type { ChildFault } from '../../terms/errors';
import { errorToData } from '../../terms/exit-reason';
import type { Pid } from '../../terms/pid';
import { checkSpec, type ChildSpecData, type StartSpec } from './child-spec';
import type { AutoShutdown } from './restart-plan';
import type { Child, ChildTable } from './supervisor-children';
import { checkSignificant } from './supervisor-options';
import type { ChildCounts, ChildInfo, ChildReply } from './supervisor-protocol';
import type { SupervisorWork } from './supervisor-work';

/** What others ask of a supervisor: tells of its children, and starts, stops and forgets them on demand. */
export class SupervisorRequests {
  constructor(
    private readonly children: ChildTable,
    private readonly work: SupervisorWork,
    private readonly autoShutdown: AutoShutdown,
  ) {}

  whichChildren(): ChildInfo[] {
    return tellOf(this.children.all());
  }

  countChildren(): ChildCounts {
    return countOf(this.children.all(), this.work);
  }

  getChildSpec(id: string): ChildSpecData | undefined {
    const spec = this.children.get(id)?.spec;
    if (spec === undefined) return undefined;
    const { start: _, ...data } = spec;
    return data;
  }

  async startChild(spec: StartSpec): Promise<ChildReply> {
    try {
      const checked = checkSpec('startChild', spec);
      checkSignificant('startChild', this.autoShutdown, checked);
      const existing = this.children.get(checked.id);
      if (existing?.pid !== undefined) return refused('alreadyStarted', existing.pid);
      if (existing !== undefined) return refused('alreadyPresent');
      const child = this.children.add(checked);
      const failure = await this.work.start(child);
      if (failure === null) return done(child);
      this.children.remove(child);
      return { kind: 'failed', reason: failure.reason };
    } catch (error) {
      return { kind: 'failed', reason: errorToData(error) };
    }
  }

  async restartChild(id: string): Promise<ChildReply> {
    const child = this.children.get(id);
    const fault = faultOfIdle(child);
    if (child === undefined || fault !== undefined) return refused(fault ?? 'notFound');
    const failure = await this.work.start(child);
    return failure === null ? done(child) : { kind: 'failed', reason: failure.reason };
  }

  async terminateChild(id: string): Promise<ChildReply> {
    const child = this.children.get(id);
    if (child === undefined) return refused('notFound');
    await this.work.stop(child);
    if (child.restart === 'temporary') this.children.remove(child);
    return { kind: 'done' };
  }

  deleteChild(id: string): ChildReply {
    const child = this.children.get(id);
    const fault = faultOfIdle(child);
    if (child === undefined || fault !== undefined) return refused(fault ?? 'notFound');
    this.children.remove(child);
    return { kind: 'done' };
  }
}

/** What others hear of children. */
export function tellOf(children: Iterable<Child>): ChildInfo[] {
  return Array.from(children, ({ id, pid, restarting, spec: { type } }) => {
    return { id, pid: restarting ? 'restarting' : pid, type };
  });
}

/** How many children there are, and of which kind. */
export function countOf(children: Iterable<Child>, work: SupervisorWork): ChildCounts {
  let [specs, active, supervisors] = [0, 0, 0];
  for (const child of children) {
    specs += 1;
    if (child.spec.type === 'supervisor') supervisors += 1;
    // One that has ended may not be known to have: its exit is still to be handled, or it has unlinked itself.
    if (work.runs(child)) active += 1;
  }
  return { specs, active, supervisors, workers: specs - supervisors };
}

/** Why a child is not one that exists and does not run. */
function faultOfIdle(child: Child | undefined): ChildFault | undefined {
  if (child === undefined) return 'notFound';
  if (child.restarting) return 'restarting';
  return child.active ? 'running' : undefined;
}

/** The answer that a child was dealt with. */
export function done({ pid }: Child): ChildReply {
  return pid === undefined ? { kind: 'done' } : { kind: 'done', pid };
}

/** The answer that nothing was done. */
export function refused(fault: ChildFault, pid?: Pid): ChildReply {
  return pid === undefined ? { kind: 'refused', fault } : { kind: 'refused', fault, pid };
}
