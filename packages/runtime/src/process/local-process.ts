import type { Destination } from '../terms/address';
import type { ExitReason } from '../terms/exit-reason';
import { OpenCalls } from '../terms/from';
import type { Pid } from '../terms/pid';
import type { Ref } from '../terms/ref';
import type { ControlSignal, Label } from '../terms/signal';
import { Mailbox } from './mailbox';
import type { Runnable, Scheduler } from './scheduler';

/** Someone who monitors a process, and the name by which (if by a name). */
export interface Watcher {
  readonly pid: Pid;
  readonly byName: Destination | null;
}

/** Where a process belongs: routes what it sends and learns of its end. */
export interface ProcessHost {
  readonly scheduler: Scheduler;
  /** Carries a signal to its receiver, on this node or another. */
  route(signal: ControlSignal): void;
  /** The process has ended: forget it and its name. Called before anybody hears of it. */
  forget(process: LocalProcess): void;
}

/** What runs inside a process: a body with `receive`, or the loop of a server. */
export interface Activity extends Runnable {
  /** The process has ended, whatever the activity is doing. */
  ended(reason: ExitReason): void;
}

/**
 * A process of this node as the runtime sees it: mailbox, links, monitors and flags. Everything but the flags is
 * created on first use.
 */
export class LocalProcess {
  /** The name it is registered under, if any. */
  name: string | null = null;
  /** What tools call it. */
  label: string | null = null;
  trapsExits = false;
  hasEnded = false;
  /** Whether the next message must put it into the run queue. */
  idle = false;
  exitReason: ExitReason = undefined;

  private mailboxOrNull: Mailbox | null = null;
  private links: Set<Pid> | null = null;
  private monitors: Map<Ref, Destination> | null = null;
  private watchers: Map<Ref, Watcher> | null = null;
  private openCallsOrNull: OpenCalls | null = null;
  private endListeners: Set<(reason: ExitReason) => void> | null = null;
  private activity: Activity | null = null;

  constructor(
    readonly pid: Pid,
    private readonly host: ProcessHost,
  ) {}

  /** Gives the process its activity and its first turn. */
  begin(activity: Activity): void {
    this.activity = activity;
    this.ready();
  }

  get mailbox(): Mailbox {
    return (this.mailboxOrNull ??= new Mailbox());
  }

  /** How many messages wait. */
  get queueLength(): number {
    return this.mailboxOrNull === null ? 0 : this.mailboxOrNull.length;
  }

  /** The calls this process must answer. */
  get openCalls(): OpenCalls {
    return (this.openCallsOrNull ??= new OpenCalls());
  }

  /** Puts a message into the mailbox; dropped if the process has ended. */
  deliver(message: unknown, label: Label): void {
    if (this.hasEnded) return;
    this.mailbox.push(message, label);
    if (this.idle) this.ready();
  }

  /** Takes the first plain message that fits out of the mailbox, if there is one. */
  dropMessage(fits: (message: unknown) => boolean): void {
    for (let i = 0; i < this.queueLength; i++) {
      if (this.mailbox.labelAt(i) === null && fits(this.mailbox.messageAt(i))) {
        this.mailbox.removeAt(i);
        return;
      }
    }
  }

  /** Puts the process into the run queue. */
  ready(): void {
    this.idle = false;
    this.host.scheduler.enqueue(this.activity as Activity);
  }

  addLink(pid: Pid): void {
    (this.links ??= new Set()).add(pid);
  }

  /** @returns whether there was a link */
  removeLink(pid: Pid): boolean {
    return this.links?.delete(pid) ?? false;
  }

  hasLink(pid: Pid): boolean {
    return this.links?.has(pid) ?? false;
  }

  linkedPids(): Pid[] {
    return [...(this.links ?? [])];
  }

  addMonitor(ref: Ref, target: Destination): void {
    (this.monitors ??= new Map()).set(ref, target);
  }

  /** @returns what was monitored, if anything was */
  removeMonitor(ref: Ref): Destination | undefined {
    const target = this.monitors?.get(ref);
    this.monitors?.delete(ref);
    return target;
  }

  addWatcher(ref: Ref, watcher: Watcher): void {
    (this.watchers ??= new Map()).set(ref, watcher);
  }

  removeWatcher(ref: Ref): void {
    this.watchers?.delete(ref);
  }

  /** Calls `listener` once, when the process ends, before any other process hears of it. */
  onEnd(listener: (reason: ExitReason) => void): void {
    (this.endListeners ??= new Set()).add(listener);
  }

  offEnd(listener: (reason: ExitReason) => void): void {
    this.endListeners?.delete(listener);
  }

  /**
   * Ends the process. First it is forgotten (its name is free), then its open calls fail, then those it is linked to
   * and those that monitor it are told.
   */
  end(reason: ExitReason): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.exitReason = reason;
    this.host.forget(this);
    this.activity?.ended(reason);
    this.activity = null;
    this.mailboxOrNull?.clear();
    this.endListeners?.forEach((listener) => {
      listener(reason);
    });
    this.openCallsOrNull?.failAll({ kind: 'exit', reason });
    this.releaseMonitors();
    this.tellLinks(reason);
    this.tellWatchers(reason);
  }

  private releaseMonitors(): void {
    this.monitors?.forEach((to, ref) => {
      this.host.route({ kind: 'demonitor', ref, from: this.pid, to });
    });
    this.monitors = null;
  }

  private tellLinks(reason: ExitReason): void {
    this.links?.forEach((to) => {
      this.host.route({ kind: 'linkExit', from: this.pid, to, reason });
    });
    this.links = null;
  }

  private tellWatchers(reason: ExitReason): void {
    this.watchers?.forEach((watcher, ref) => {
      const pid = watcher.byName === null ? this.pid : watcher.byName;
      this.host.route({ kind: 'down', ref, to: watcher.pid, pid, reason });
    });
    this.watchers = null;
  }
}
