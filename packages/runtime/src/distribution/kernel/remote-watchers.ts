import type { Destination } from '../../terms/address';
import type { Pid } from '../../terms/pid';
import type { Ref } from '../../terms/ref';
import type { ControlSignal } from '../../terms/signal';
import { unansweredSpawn, type SpawnReplySignal, type SpawnRequestSignal } from '../../terms/spawn-signal';
import { PendingUnlinks } from './pending-unlinks';

/** A monitor across a connection. */
interface RemoteMonitor {
  readonly from: Pid;
  readonly to: Destination;
}

/**
 * Who on this node is linked to, monitors, or is monitored by processes of one other node: learnt from the control
 * signals that pass by, so that the loss of the connection can be told to exactly those it concerns.
 */
export class RemoteWatchers {
  /** Processes of this node, and whom they are linked to over there. */
  private readonly links = new Map<Pid, Set<Pid>>();
  private readonly unlinks = new PendingUnlinks();
  private readonly watching = new Map<Ref, RemoteMonitor>();
  private readonly watched = new Map<Ref, RemoteMonitor>();
  /** What the other node was asked to start, and has not answered. */
  private readonly spawns = new Map<Ref, SpawnRequestSignal>();

  /** @param pidOf the process of this node that has an address now */
  constructor(private readonly pidOf: (address: Destination) => Pid | undefined) {}

  /** A signal leaves for the other node. */
  sent(signal: ControlSignal): void {
    switch (signal.kind) {
      case 'link':
        this.addLink(signal.from, signal.to);
        return;
      case 'unlink':
        this.unlinks.sent(signal.from, signal.to);
        this.removeLink(signal.from, signal.to);
        return;
      case 'linkExit':
        this.removeLink(signal.from, signal.to);
        return;
      case 'monitor':
        this.watching.set(signal.ref, { from: signal.from, to: signal.to });
        return;
      case 'demonitor':
        this.watching.delete(signal.ref);
        return;
      case 'down':
        this.watched.delete(signal.ref);
        return;
      case 'spawnRequest':
        this.spawns.set(signal.ref, signal);
        return;
      case 'spawnReply':
        this.noteSpawned(signal);
        return;
      case 'exit':
        return;
    }
  }

  /**
   * A signal has come from the other node.
   * @returns the signal for this node, `null` if it is void. An unlink that is not void is to be answered with one. A
   *   monitor that is taken away by name belongs to the process that had the name when it was monitored, whoever has
   *   it now.
   */
  received(signal: ControlSignal): ControlSignal | null {
    switch (signal.kind) {
      case 'link':
        if (this.unlinks.has(signal.to, signal.from)) return null;
        this.addLink(signal.to, signal.from);
        return signal;
      case 'unlink':
        if (this.unlinks.answered(signal.to, signal.from)) return null;
        this.removeLink(signal.to, signal.from);
        return signal;
      case 'linkExit':
        this.removeLink(signal.to, signal.from);
        return signal;
      case 'monitor':
        this.noteWatched(signal.ref, signal);
        return signal;
      case 'demonitor': {
        const monitor = this.watched.get(signal.ref);
        this.watched.delete(signal.ref);
        return monitor === undefined ? signal : { ...signal, to: monitor.to };
      }
      case 'down':
        this.watching.delete(signal.ref);
        return signal;
      case 'spawnReply':
        return this.spawnAnswered(signal);
      case 'spawnRequest':
      case 'exit':
        return signal;
    }
  }

  /**
   * The connection is lost: forgets everything, and says what this node's processes must be told, in this order.
   * @param wasOpen whether anything can have left by it
   */
  lost(wasOpen: boolean): ControlSignal[] {
    const requests = [...this.spawns.values()];
    const signals: ControlSignal[] = requests.map((request) => unansweredSpawn(request, wasOpen));
    for (const [to, others] of this.links) {
      for (const from of others) signals.push({ kind: 'linkExit', from, to, reason: 'noconnection' });
    }
    for (const [ref, { from, to }] of this.watching) {
      signals.push({ kind: 'down', ref, to: from, pid: to, reason: 'noconnection' });
    }
    for (const [ref, { from, to }] of this.watched) signals.push({ kind: 'demonitor', ref, from, to });
    this.spawns.clear();
    this.links.clear();
    this.unlinks.clear();
    this.watching.clear();
    this.watched.clear();
    return signals;
  }

  /** This node has started a process for the other one, which is linked and monitored from its first moment on. */
  private noteSpawned({ pid, ref, to, link, monitor }: SpawnReplySignal): void {
    if (pid === null) return;
    if (link) this.addLink(pid, to);
    if (monitor) this.watched.set(ref, { from: to, to: pid });
  }

  /** Only what was asked for counts, once. */
  private spawnAnswered(reply: SpawnReplySignal): ControlSignal | null {
    const { ref, pid } = reply;
    const request = this.spawns.get(ref);
    if (request === undefined) return null;
    this.spawns.delete(ref);
    const { from, link, monitor } = request;
    if (pid !== null && link) this.addLink(from, pid);
    if (pid !== null && monitor) this.watching.set(ref, { from, to: pid });
    return { ...reply, to: from, link, monitor };
  }

  private addLink(here: Pid, there: Pid): void {
    const others = this.links.get(here);
    if (others === undefined) this.links.set(here, new Set([there]));
    else others.add(there);
  }

  private removeLink(here: Pid, there: Pid): void {
    const others = this.links.get(here);
    if (others?.delete(there) === true && others.size === 0) this.links.delete(here);
  }

  /** Without the process there is nothing to note: the answer is a DOWN at once. */
  private noteWatched(ref: Ref, monitor: RemoteMonitor): void {
    const pid = this.pidOf(monitor.to);
    if (pid !== undefined) this.watched.set(ref, { from: monitor.from, to: pid });
  }
}
