import type { Destination } from '../terms/address';
import type { ExitReason } from '../terms/exit-reason';
import { OpenCalls, type CallFailure, type From } from '../terms/from';
import type { MailboxInfo } from '../terms/mailbox-options';
import type { Pid } from '../terms/pid';
import type { Ref } from '../terms/ref';
import { castLabel, type ControlSignal, type Label } from '../terms/signal';
import type { Activity, Arrival } from './activity';
import { Mailbox } from './mailbox';
import { Relations, type EndListener, type Watcher } from './relations';
import type { Scheduler } from './scheduler';
import { SmallMap } from './small-map';
import type { Timer, TimerOwner } from './timers';
import { raiseUncaught } from './uncaught';

/** Where a process belongs: routes what it sends and learns of its end. */
export interface ProcessHost {
  readonly scheduler: Scheduler;
  /** Carries a signal that follows from the end of a process, or from another signal, behind those that do as well. */
  follow(signal: ControlSignal): void;
  /** The process has ended: forget it and its name. Called before anybody hears of it. */
  forget(process: LocalProcess): void;
}

/**
 * What a process is doing: it waits for a message; `sys.suspend` keeps it from its messages; or it executes code, waits
 * for a promise, or for its turn. OTP: the `status` of `process_info`.
 */
export type ProcessStatus = 'waiting' | 'suspended' | 'running';

/**
 * A process of this node as the runtime sees it. Everything but the flags is created on first use: an idle process
 * costs about a hundred bytes.
 */
export class LocalProcess implements TimerOwner {
  trapsExits = false;
  hasEnded = false;
  /** Whether the next message must put it into the run queue. */
  idle = false;
  /** The name it is registered under, and what tools call it. */
  name: string | null = null;
  label: string | null = null;
  /** Who started it, if a process did. */
  parent: Pid | null = null;
  /** The application it belongs to: the process of that. OTP: its group leader. */
  leader: Pid | null = null;
  /** Why it ended; before that nothing. */
  exitReason: ExitReason = undefined;

  /** What it executes. Set by `begin`. */
  activity: Activity | null = null;
  /** The timers that are for this process. */
  firstTimer: Timer | null = null;

  protected messages: Mailbox | null = null;
  private calls: OpenCalls | null = null;
  private relations: Relations | null = null;

  constructor(
    readonly pid: Pid,
    /** Its place in the process table. */
    readonly place: number,
    private readonly host: ProcessHost,
  ) {}

  /** Gives the process its activity and its first turn. */
  begin(activity: Activity): void {
    this.activity = activity;
    this.idle = false;
    this.host.scheduler.begin(activity);
  }

  /** Whether it is a server, or may be one: it may be on its way up. */
  get isServer(): boolean {
    return this.activity?.isServer !== false;
  }

  /** The class it runs; `undefined` while it is on its way up. */
  get module(): string | undefined {
    return this.activity?.module;
  }

  get status(): ProcessStatus {
    if (this.activity?.isPaused === true) return 'suspended';
    return this.idle ? 'waiting' : 'running';
  }

  get mailbox(): Mailbox {
    return (this.messages ??= new Mailbox());
  }

  /** How many messages wait. */
  get queueLength(): number {
    return this.messages === null ? 0 : this.messages.length;
  }

  /** How many calls it has not answered. For inspection; takes time in proportion. */
  get openCallCount(): number {
    let count = this.calls === null ? 0 : this.calls.count();
    for (let i = 0; i < this.queueLength; i++) if (isCall(this.mailbox.labelAt(i))) count += 1;
    return count;
  }

  /** The calls this process must answer. */
  get openCalls(): OpenCalls {
    return (this.calls ??= new OpenCalls());
  }

  /** The process has taken a call out of its mailbox, and does not answer it at once. */
  keepCall(from: From): void {
    if (from.isOpen && from.openCalls === null) this.openCalls.add(from);
  }

  /** Puts a message into the mailbox; dropped if the process has ended. */
  deliver(message: unknown, label: Label): void {
    if (this.hasEnded) return;
    const arrival = this.offer(message, label);
    if (arrival === 'taken') return;
    this.mailbox.push(message, label);
    if (arrival === 'due') this.ready();
  }

  /** As `deliver`, for a call whose caller waits: it may be answered at once, if no other waits for its answer. */
  ask(request: unknown, from: From): void {
    const isFree = this.idle && (this.calls === null || this.calls.isEmpty);
    if (!isFree || this.activity?.handleAtOnce?.(request, from) !== true) this.deliver(request, from);
  }

  /** As `deliver`, for what the runtime owes the process: no bound of the mailbox keeps it out. */
  owe(message: object): void {
    this.deliver(message, null);
  }

  /** What can be seen of its mailbox from outside. */
  get mailboxInfo(): MailboxInfo {
    return {
      messages: this.queueLength,
      maxMessages: Infinity,
      policy: undefined,
      rejectedCalls: 0,
      droppedMessages: 0,
    };
  }

  /**
   * Takes the first plain message that fits out of the mailbox.
   * @returns where it was, -1 if there is none
   */
  dropMessage(fits: (message: unknown) => boolean): number {
    for (let i = 0; i < this.queueLength; i++) {
      if (this.mailbox.labelAt(i) === null && fits(this.mailbox.messageAt(i))) {
        this.mailbox.removeAt(i);
        return i;
      }
    }
    return -1;
  }

  /** As `dropMessage`, whatever the activity is looking at. */
  flush(fits: (message: unknown) => boolean): void {
    const index = this.dropMessage(fits);
    if (index !== -1) this.wasDropped(index);
  }

  /** If the process waits for a message it can take this one at once, which saves it the way through the mailbox. */
  protected offer(message: unknown, label: Label): Arrival {
    return this.idle ? (this.activity?.offer?.(message, label) ?? 'due') : 'waits';
  }

  /** Tells the activity that a message was taken out of the mailbox, wherever it is looking. */
  protected wasDropped(index: number): void {
    this.activity?.messageDropped?.(index);
  }

  /** Gives back what it needs for messages only, unless some wait or are not answered. */
  hibernate(): void {
    if (this.queueLength === 0) this.messages = null;
    if (this.calls?.isEmpty === true) this.calls = null;
  }

  /** Puts the process into the run queue. */
  ready(): void {
    this.idle = false;
    this.host.scheduler.enqueue(this.activity as Activity);
  }

  addLink(pid: Pid): void {
    (this.related.links ??= new SmallMap()).set(pid, true);
  }

  /** @returns whether there was a link */
  removeLink(pid: Pid): boolean {
    return this.relations?.links?.take(pid) === true;
  }

  hasLink(pid: Pid): boolean {
    return this.relations?.links?.get(pid) === true;
  }

  /** Those it is linked to. */
  links(): Pid[] {
    return [...(this.relations?.links ?? [])].map(([pid]) => pid);
  }

  addMonitor(ref: Ref, target: Destination): void {
    (this.related.monitors ??= new SmallMap()).set(ref, target);
  }

  /** @returns what was monitored, if anything was */
  removeMonitor(ref: Ref): Destination | undefined {
    return this.relations?.monitors?.take(ref);
  }

  hasMonitor(ref: Ref): boolean {
    return this.relations?.monitors?.get(ref) !== undefined;
  }

  /** What it monitors. For inspection. */
  get monitored(): readonly (readonly [Ref, Destination])[] {
    return [...(this.relations?.monitors ?? [])];
  }

  /** Those who monitor it, once for each monitor. */
  watchers(): Pid[] {
    return [...(this.relations?.watchers ?? [])].map(([, { from }]) => from);
  }

  /** By what a watcher monitors it, its pid or its name; nothing if it does not. For inspection. */
  watchedAs(ref: Ref): Destination | undefined {
    return this.relations?.watchers?.get(ref)?.to;
  }

  addWatcher(watcher: Watcher): void {
    (this.related.watchers ??= new SmallMap()).set(watcher.ref, watcher);
  }

  removeWatcher(ref: Ref): void {
    this.relations?.watchers?.take(ref);
  }

  /** Calls `listener` once, when the process ends, before any other process hears of it. */
  onEnd(listener: EndListener): void {
    (this.related.endListeners ??= new Set()).add(listener);
  }

  offEnd(listener: EndListener): void {
    this.relations?.endListeners?.delete(listener);
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
    while (this.firstTimer !== null) this.firstTimer.cancel();
    this.relations?.endListeners?.forEach((listener) => {
      tell(listener, reason);
    });
    this.failCalls({ kind: 'exit', reason });
    this.messages?.clear();
    this.relations?.farewell(this.pid, reason, this.host);
    this.relations = null;
  }

  /** Fails the calls that were taken, and those that nobody has taken yet. */
  private failCalls(failure: CallFailure): void {
    this.calls?.failAll(failure);
    for (let i = 0; i < this.queueLength; i++) {
      const label = this.mailbox.labelAt(i);
      if (isCall(label)) label.fail(failure);
    }
  }

  private get related(): Relations {
    return (this.relations ??= new Relations());
  }
}

function isCall(label: Label): label is From {
  return label !== null && label !== castLabel;
}

/** A listener that throws must not keep the others from hearing of the end. */
function tell(listener: EndListener, reason: ExitReason): void {
  try {
    listener(reason);
  } catch (error) {
    raiseUncaught(error);
  }
}
