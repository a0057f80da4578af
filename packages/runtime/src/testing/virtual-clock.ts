import type { Clock, ClockTimer } from '../terms/clock';
import { checkDuration } from '../terms/duration';
import { BadArgumentError } from '../terms/errors';
import { DueHeap, type Dated } from '../process/due-heap';
import { systemClock } from '../node/system/system-clock';
import { ExpectationError } from './expectation-error';

/** A timer of a virtual clock. */
class VirtualTimer implements ClockTimer, Dated {
  order = 0;
  place = -1;

  constructor(
    readonly dueAt: number,
    readonly callback: () => void,
    private readonly timers: DueHeap<VirtualTimer>,
  ) {}

  cancel(): void {
    if (this.place !== -1) this.timers.remove(this);
  }
}

/** What the wall of a virtual clock shows at its start: 2024-01-01. */
const wallStart = 1_704_067_200_000;
/** How far time goes, unless told otherwise, before it is given up: what sets its timer again and again never ends. */
const usualWithinMs = 24 * 60 * 60 * 1_000;

/**
 * Time that stands still until it is told to go on. Timers fire in the order they are due, and what they cause is done
 * before time goes on: a test of a five-second timeout takes a millisecond, and always goes the same way.
 * Several may let time go by at once: it goes on until the last of them has what it wants.
 */
export class VirtualClock implements Clock {
  private time = 0;
  private pendingTurns = 0;
  /** How many wait until everything has settled. */
  private settling = 0;
  private readonly timers = new DueHeap<VirtualTimer>();

  now(): number {
    return this.time;
  }

  wallTime(): number {
    return wallStart + this.time;
  }

  setTimer(callback: () => void, delayMs: number): ClockTimer {
    const timer = new VirtualTimer(this.time + delayMs, callback, this.timers);
    this.timers.add(timer);
    return timer;
  }

  nextTurn(callback: () => void): void {
    this.pendingTurns += 1;
    systemClock.nextTurn(() => {
      this.pendingTurns -= 1;
      callback();
    });
  }

  /** How many timers run: none is left when everything has been stopped. */
  get runningTimers(): number {
    return this.timers.size;
  }

  /** When the next timer is due, by `now()`; `undefined` if none runs. */
  get nextTimerAt(): number | undefined {
    return this.timers.first?.dueAt;
  }

  /**
   * Waits, without letting time go by, until nothing is left to do now: no process is ready on the nodes that live by
   * this clock, and no promise that could be settled is not. What waits for real sockets or files is not waited for.
   */
  async settle(): Promise<void> {
    this.settling += 1;
    // The event loop has a turn when every microtask is done; processes with many messages take several.
    do await turn();
    while (this.pendingTurns > 0);
    this.settling -= 1;
  }

  /**
   * Lets time go by, firing what is due, and waits until everything has settled.
   * @param ms milliseconds, 0 or more
   * @throws BadArgumentError if that is no time, or has no end
   */
  async advance(ms: number): Promise<void> {
    checkDuration('advance', 'ms', ms);
    if (ms === Infinity)
      throw new BadArgumentError({ call: 'advance', expected: 'a time that ends', got: ms });
    await this.goTo(this.time + ms);
  }

  /**
   * Lets time go by until the next timer fires, and waits until everything has settled.
   * @returns false if no timer runs
   */
  async advanceToNext(): Promise<boolean> {
    await this.settle();
    return this.fireNext(Infinity);
  }

  /**
   * Lets time go by, from timer to timer, until no timer runs.
   * @param options.withinMs how long that may take, in virtual milliseconds; default a day
   * @throws ExpectationError if timers still run then
   */
  async runUntilIdle({ withinMs = usualWithinMs }: { readonly withinMs?: number } = {}): Promise<void> {
    checkDuration('runUntilIdle', 'withinMs', withinMs);
    await this.settle();
    const end = this.time + withinMs;
    while (await this.fireNext(end));
    if (this.timers.size === 0) return;
    this.time = Math.max(this.time, end);
    throw new ExpectationError(`runUntilIdle: ${stillRun(this.timers.size)} after ${String(withinMs)} ms`);
  }

  /**
   * Lets time go by, from timer to timer, until a promise settles.
   * @param options.withinMs how long that may take, in virtual milliseconds; default a day
   * @returns what the promise gives, or rejects as it does
   * @throws ExpectationError if it has not settled then, or no timer is left that it could wait for
   */
  async until<T>(
    promise: PromiseLike<T>,
    { withinMs = usualWithinMs }: { readonly withinMs?: number } = {},
  ): Promise<T> {
    checkDuration('until', 'withinMs', withinMs);
    if (typeof (promise as PromiseLike<T> | null | undefined)?.then !== 'function')
      throw new BadArgumentError({ call: 'until', expected: 'a promise', got: promise });
    let settled = false;
    const settles = (): void => void (settled = true);
    promise.then(settles, settles);
    await this.goUntil('until', () => settled, withinMs);
    return promise;
  }

  /**
   * Lets time go by, from timer to timer, until a condition holds: it is asked whenever everything has settled.
   * @param options.withinMs how long that may take, in virtual milliseconds; default a day
   * @throws ExpectationError if it does not hold then, or no timer is left that could make it hold
   */
  async untilTrue(
    condition: () => boolean,
    { withinMs = usualWithinMs }: { readonly withinMs?: number } = {},
  ): Promise<void> {
    checkDuration('untilTrue', 'withinMs', withinMs);
    await this.goUntil('untilTrue', condition, withinMs);
  }

  private async goUntil(call: string, isDone: () => boolean, withinMs: number): Promise<void> {
    const end = this.time + withinMs;
    await this.settle();
    while (!isDone()) {
      // Whoever lets time go by too goes first, and may have something to do then.
      if (this.settling > 0 || this.pendingTurns > 0) await turn();
      else if (await this.fireNext(end)) continue;
      else if (this.timers.size === 0) throw new ExpectationError(`${call}: ${stuck}`);
      else if (this.time < end) await this.goTo(end);
      else throw new ExpectationError(`${call}: not within ${String(withinMs)} ms`);
    }
  }

  private async goTo(end: number): Promise<void> {
    await this.settle();
    while (await this.fireNext(end));
    this.time = Math.max(this.time, end);
  }

  /** Fires the next timer if it is due by `end`, and waits until what it causes is done. */
  private async fireNext(end: number): Promise<boolean> {
    const next = this.timers.first;
    if (next === undefined || next.dueAt > end) return false;
    this.timers.remove(next);
    this.time = Math.max(this.time, next.dueAt);
    next.callback();
    await this.settle();
    return true;
  }
}

const stuck =
  'what it waits for no timer will bring: none runs, and nobody has anything to do (real time, files and sockets are not waited for)';

/** Lets the event loop have a turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    systemClock.nextTurn(resolve);
  });
}

function stillRun(timers: number): string {
  return timers === 1 ? '1 timer still runs' : `${String(timers)} timers still run`;
}
