import { afterPromises } from '#platform/event-loop';
import type { Clock } from '../terms/clock';
import { isActivity, type Activity, type Turn } from './activity';
import { RecentTurns } from './recent-turns';
import { messagesPerTurn, Scheduler, type Runnable } from './scheduler';

/** One turn, and whose. */
interface OneTurn {
  readonly turn: Turn;
  readonly activity: Activity;
}

/** That the event loop was blocked, and by whom. */
export interface Blockage {
  readonly forMs: number;
  /** Who blocked it; if that is not certain, who may have: unless it was code outside of processes. */
  readonly isCertain: boolean;
  /** What of it did, if that is known. */
  readonly turn: Turn | null;
  readonly activities: readonly Activity[];
}

/** Handlers that are slower than this are timed one by one; a look at the clock costs about a hundredth of it. */
const slowMs = 0.004;
/** The more messages between two looks, the longer they may take: each so much. */
const quickMs = 0.0005;
/** Messages between two looks at the clock, at most. */
const longestStride = 128;
/** For so long every handler is timed alone, when it is not known who blocked the event loop. */
const alertMs = 10_000;

/**
 * A run queue that finds out who blocks the event loop. It looks at the clock where that costs little: after each
 * message where handlers take their time, more and more seldom where they are quick. What blocks among slow handlers is
 * known at once; among quick ones the first time only that it is one of those that had a turn since the last look, from
 * then on exactly.
 */
export class WatchedScheduler extends Scheduler {
  /** How many messages are handled between two looks. */
  private stride = 1;
  private lookedAt = 0;
  private alertUntil = -Infinity;
  /** Whether the time counts: from the first turn to the moment when no promise is left that has settled. */
  private isWatching = false;
  private hasLooked = false;
  /** Whether other code than that of turns may have run since the last look. */
  private othersRan = false;
  /** Who had the latest turn that is among the recent ones. */
  private latest: Runnable | null = null;
  /** Who has handled messages in the midst of other code since the last look, and may handle more. */
  private entering: Runnable | null = null;
  private readonly recent = new RecentTurns();

  constructor(
    clock: Clock,
    private readonly blockedMs: number,
    private readonly onBlocked: (blockage: Blockage) => void,
  ) {
    super(clock);
  }

  override spend(who?: Runnable): boolean {
    if (!this.isWatching) this.watchSoon();
    if (who !== undefined && who !== this.latest) this.remember(who);
    return this.charge(1);
  }

  /** Calls in a row take the first few lines alone. */
  override enter(who: Runnable): boolean {
    if (who !== this.entering || this.untilLook <= 1 || this.inTurn || this.hasEntered)
      return this.enterFirst(who);
    this.untilLook -= 1;
    this.hasEntered = true;
    return true;
  }

  protected override mayEnter(): boolean {
    return this.hasLooked && this.stride > 1;
  }

  private enterFirst(who: Runnable): boolean {
    if (!super.enter(who)) return false;
    // Whose code that is in the midst of, nobody knows.
    this.othersRan = true;
    this.entering = who;
    return true;
  }

  protected override give(runnable: Runnable): number {
    if (!this.hasLooked) this.watch();
    if (this.stride === 1) return isActivity(runnable) ? this.giveAlone(runnable) : runnable.run(1);
    this.othersRan ||= this.isFirstTurn;
    this.isFirstTurn = false;
    if (runnable !== this.latest) this.remember(runnable);
    return runnable.run(this.stride < messagesPerTurn ? this.stride : messagesPerTurn);
  }

  private remember(runnable: Runnable): void {
    this.latest = runnable;
    this.recent.add(runnable);
  }

  /** So many messages were handled since the last look as may be. */
  protected override lookAtClock(): void {
    const now = this.look(null);
    this.grant(this.stride);
    this.endSlice(now);
    this.othersRan = false;
    this.latest = this.entering = null;
    this.recent.mark();
  }

  /** Gives a turn for one message, and times it. */
  private giveAlone(activity: Activity): number {
    // Between two rounds of turns there is time for what settled promises have set off.
    if (this.isFirstTurn) this.look(null);
    this.othersRan ||= this.isFirstTurn;
    this.isFirstTurn = false;
    const turn = activity.turn();
    const handled = activity.run(1);
    if (activity.suspended) this.recent.add(activity);
    if (handled === 0) return 0;
    this.endSlice(this.look({ turn, activity }));
    this.grant(this.stride + handled);
    return handled;
  }

  /** A message was taken without a turn, maybe by code outside of processes, whose time does not count. */
  private watchSoon(): void {
    this.isWatching = true;
    this.sliceStart = this.clock.now();
    queueMicrotask(this.watch);
  }

  private readonly watch = (): void => {
    if (this.hasLooked) return;
    this.hasLooked = true;
    this.isWatching = true;
    this.stride = 1;
    this.isFirstTurn = false;
    this.lookedAt = this.sliceStart = this.clock.now();
    afterPromises(this.relax);
  };

  private readonly relax = (): void => {
    this.othersRan = true;
    if (!this.recent.isEmpty) this.look(null);
    this.isWatching = this.hasLooked = false;
    this.latest = this.entering = null;
    this.recent.clear();
  };

  /** Looks how long it took since the last look; `alone` is what happened since then, if that was one turn. */
  private look(alone: OneTurn | null): number {
    const now = this.clock.now();
    if (!this.hasLooked) return now;
    const tookMs = now - this.lookedAt;
    this.lookedAt = now;
    if (tookMs >= this.blockedMs) this.report(now, tookMs, alone);
    if (now < this.alertUntil) this.stride = 1;
    else if (tookMs < slowMs + this.stride * quickMs) this.stride = Math.min(this.stride * 2, longestStride);
    else this.stride = Math.max(this.stride >> 1, 1);
    return now;
  }

  private report(now: number, forMs: number, alone: OneTurn | null): void {
    const outside = this.othersRan || this.recent.hasBody;
    const activities = alone === null ? this.recent.all(outside) : [alone.activity];
    // It was code outside of processes that blocked it.
    if (activities.length === 0) return;
    const isCertain = alone !== null || (!outside && activities.length === 1);
    if (alone === null) this.alertUntil = now + alertMs;
    this.onBlocked({ forMs, isCertain, turn: alone === null ? null : alone.turn, activities });
    this.lookedAt = this.clock.now();
  }
}
