import type { Ref, RefSource } from '../terms/ref';
import type { Due, TimerQueue } from './timer-queue';

/** The process a timer is for: it keeps its timers in a list, and stops them when it ends. */
export interface TimerOwner {
  readonly hasEnded: boolean;
  firstTimer: Timer | null;
}

/** What a timer does. It is given what it needs: a closure for each timer would cost as much as its place. */
type TimerCallback = (payload: unknown, owner: TimerOwner | null) => void;

/** A timer that runs. */
export class Timer implements Due {
  dueAt = 0;
  order = 0;
  place = -1;
  /** Its neighbours in the list of its owner. */
  previousOwned: Timer | null = null;
  nextOwned: Timer | null = null;

  constructor(
    protected readonly timers: Timers,
    /** Its place among the timers of the node. */
    readonly slot: number,
    readonly ref: Ref,
    private readonly callback: TimerCallback,
    private readonly payload: unknown,
    readonly owner: TimerOwner | null,
  ) {}

  fire(): void {
    this.timers.forget(this);
    this.callback(this.payload, this.owner);
  }

  /** Stops the timer. */
  cancel(): void {
    this.timers.stopTimer(this);
  }
}

/** A timer that fires again and again. It keeps its place while it does, so that it can be cancelled then. */
class Interval extends Timer {
  /** When it is due by its own count. */
  private nextAt = 0;

  constructor(
    timers: Timers,
    private readonly queue: TimerQueue,
    slot: number,
    ref: Ref,
    private readonly everyMs: number,
    private readonly perform: (goOn: () => void) => void,
    owner: TimerOwner | null,
  ) {
    super(timers, slot, ref, nothing, undefined, owner);
  }

  begin(): void {
    this.queue.add(this, this.everyMs);
    this.nextAt = this.dueAt;
  }

  override fire(): void {
    this.perform(this.goOn);
  }

  private readonly goOn = (): void => {
    if (!this.timers.holds(this)) return;
    this.nextAt += this.everyMs;
    this.queue.addAt(this, this.nextAt);
  };
}

/**
 * The running timers of a node, by reference: an array of slots, of which the reference names one, because a hash of
 * the whole reference would cost more than the rest. As in OTP a timer is gone when the process it is for has ended.
 */
export class Timers {
  private readonly slots: (Timer | null)[] = [];
  private readonly uses: number[] = [];
  private readonly free: number[] = [];

  constructor(
    private readonly queue: TimerQueue,
    private readonly refs: RefSource,
  ) {}

  /**
   * Runs `callback` once, `delayMs` from now, with the payload and the owner; never if that is `Infinity`, or if `owner`
   * ends before.
   */
  start<Owner extends TimerOwner | null, Payload = undefined>(
    delayMs: number,
    callback: (payload: Payload, owner: Owner) => void,
    owner: Owner,
    payload?: Payload,
  ): Ref {
    const slot = this.takeSlot();
    const ref = this.refs.placed(slot, (this.uses[slot] as number) - 1);
    const timer = new Timer(this, slot, ref, callback as TimerCallback, payload, owner);
    this.slots[slot] = timer;
    if (owner !== null) own(owner, timer);
    this.queue.add(timer, delayMs);
    return ref;
  }

  /**
   * Does something every `everyMs`, under one reference, until that is cancelled or `owner` ends. The next time comes
   * when `perform` calls `goOn`. What came late does not make the next one late: over a long time it is done as often as
   * it should be. OTP: the interval timers of `timer`.
   */
  repeat(everyMs: number, perform: (goOn: () => void) => void, owner: TimerOwner | null): Ref {
    const slot = this.takeSlot();
    const ref = this.refs.placed(slot, (this.uses[slot] as number) - 1);
    const timer = new Interval(this, this.queue, slot, ref, everyMs, perform, owner);
    this.slots[slot] = timer;
    if (owner !== null) own(owner, timer);
    timer.begin();
    return ref;
  }

  /** @returns the milliseconds that were left, or `undefined` if it has fired, was cancelled or never was */
  cancel(ref: Ref): number | undefined {
    const timer = this.find(ref);
    if (timer === undefined) return undefined;
    const leftMs = this.queue.leftMs(timer);
    this.stopTimer(timer);
    return leftMs;
  }

  /** @returns the milliseconds that are left, or `undefined` if it has fired, was cancelled or never was */
  leftMs(ref: Ref): number | undefined {
    const timer = this.find(ref);
    return timer === undefined ? undefined : this.queue.leftMs(timer);
  }

  /** How many timers run. For inspection. */
  get size(): number {
    return this.slots.length - this.free.length;
  }

  /** Cancels every timer. */
  stop(): void {
    for (const timer of [...this.slots]) timer?.cancel();
  }

  stopTimer(timer: Timer): void {
    this.queue.remove(timer);
    this.forget(timer);
  }

  /** The timer is over. */
  forget(timer: Timer): void {
    this.slots[timer.slot] = null;
    this.free.push(timer.slot);
    if (timer.owner !== null) disown(timer.owner, timer);
  }

  private find(ref: Ref): Timer | undefined {
    const timer = this.slots[this.refs.placeOf(ref)];
    return timer?.ref === ref ? timer : undefined;
  }

  /** Tells whether a timer was neither cancelled nor is over. */
  holds(timer: Timer): boolean {
    return this.slots[timer.slot] === timer;
  }

  private takeSlot(): number {
    const slot = this.free.pop() ?? this.grow();
    this.uses[slot] = (this.uses[slot] as number) + 1;
    return slot;
  }

  private grow(): number {
    this.uses.push(0);
    return this.slots.push(null) - 1;
  }
}

function own(owner: TimerOwner, timer: Timer): void {
  const next = owner.firstTimer;
  timer.nextOwned = next;
  if (next !== null) next.previousOwned = timer;
  owner.firstTimer = timer;
}

function disown(owner: TimerOwner, timer: Timer): void {
  const { previousOwned: previous, nextOwned: next } = timer;
  if (previous === null) owner.firstTimer = next;
  else previous.nextOwned = next;
  if (next !== null) next.previousOwned = previous;
  timer.previousOwned = timer.nextOwned = null;
}

/** An interval has a way of its own to fire. */
function nothing(): void {
  // Never called.
}
