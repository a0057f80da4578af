import type { ExitReason } from '../../terms/exit-reason';
import type { Pid } from '../../terms/pid';
import type { Ref } from '../../terms/ref';
import type { ControlSignal } from '../../terms/signal';
import type { SpawnReplySignal, SpawnRequestSignal } from '../../terms/spawn-signal';
import type { LocalProcess } from '../../process/local-process';
import { markMonitor, type MonitorMarks, type MonitorOptions } from '../monitors/monitor-options';

/** A process that another node was asked to start, by who asked. */
export interface PendingSpawn {
  /** The process that asked; `null` if it was the node. */
  readonly parent: LocalProcess | null;
  readonly link: boolean;
  /** How it is to be monitored, if it is. */
  readonly monitor: MonitorOptions | null;
  /** It has started: called when it is linked and monitored; on the same node, before the request returns. */
  started(pid: Pid, ref: Ref): void;
  /** It has not. */
  failed(problem: unknown, ref: Ref): void;
}

/** Carries the requests and their answers. */
interface SpawnRouter extends MonitorMarks {
  route(signal: ControlSignal): void;
}

/** What a request needs that cannot be performed. */
const unsupported = { type: 'error', name: 'Error', message: 'the node starts nothing for others' } as const;

/** The processes that this node has asked for, on others or on itself, and that have not started yet. */
export class SpawnRequests {
  /** Starts what others ask this node for. */
  performer: ((request: SpawnRequestSignal) => void) | null = null;
  private readonly pending = new Map<Ref, PendingSpawn>();
  private readonly abandoned = new Map<Ref, PendingSpawn>();

  constructor(private readonly router: SpawnRouter) {}

  /** How many have no answer yet. */
  get size(): number {
    return this.pending.size + this.abandoned.size;
  }

  /** @throws UnsendableError if the request holds a value that cannot travel: nothing was sent */
  ask(request: SpawnRequestSignal, spawn: PendingSpawn): void {
    this.pending.set(request.ref, spawn);
    try {
      this.router.route(request);
    } catch (error) {
      this.pending.delete(request.ref);
      throw error;
    }
  }

  /**
   * Its process wants nothing to do any more with what it asked for.
   * @returns whether there was such a request without an answer
   */
  abandon(ref: Ref, parent: LocalProcess): boolean {
    const spawn = this.pending.get(ref);
    if (spawn?.parent !== parent) return false;
    this.pending.delete(ref);
    this.abandoned.set(ref, spawn);
    return true;
  }

  perform(request: SpawnRequestSignal): void {
    if (this.performer !== null) this.performer(request);
    else this.router.route(refusal(request, unsupported));
  }

  answered({ ref, pid, problem }: SpawnReplySignal): void {
    const spawn = this.pending.get(ref) ?? this.abandoned.get(ref);
    if (spawn === undefined) return;
    const isAbandoned = this.abandoned.delete(ref);
    this.pending.delete(ref);
    const { parent } = spawn;
    if (isAbandoned || parent?.hasEnded === true) {
      if (pid !== null) this.giveUp(ref, pid, spawn, isAbandoned ? 'abandoned' : parent?.exitReason);
    } else if (pid === null) spawn.failed(problem, ref);
    else {
      if (parent !== null) relate(this.router, ref, pid, parent, spawn);
      spawn.started(pid, ref);
    }
  }

  /** The new process lost who asked for it before that knew of it. */
  private giveUp(ref: Ref, pid: Pid, { parent, link, monitor }: PendingSpawn, reason: ExitReason): void {
    if (parent === null) return;
    const from = parent.pid;
    if (monitor !== null) this.router.route({ kind: 'demonitor', ref, from, to: pid });
    if (link) this.router.route({ kind: 'linkExit', from, to: pid, reason });
  }
}

/** Links a process to one that it has started, and lets it monitor that one. */
export function relate(
  marks: MonitorMarks,
  ref: Ref,
  pid: Pid,
  parent: LocalProcess,
  { link, monitor }: Pick<PendingSpawn, 'link' | 'monitor'>,
): void {
  if (link) parent.addLink(pid);
  if (monitor === null) return;
  parent.addMonitor(ref, pid);
  markMonitor(marks, ref, parent, monitor);
}

/** The answer to a request that nothing was started for. */
export function refusal({ ref, from }: SpawnRequestSignal, problem: unknown): ControlSignal {
  return { kind: 'spawnReply', ref, to: from, pid: null, link: false, monitor: false, problem };
}
