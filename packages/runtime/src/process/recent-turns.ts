import { isActivity, type Activity } from './activity';
import type { Runnable } from './scheduler';

/** How many turns are kept: more than there can be between two looks at the clock. */
const kept = 256;

/** Who had the last turns. */
export class RecentTurns {
  private readonly turns: (Runnable | null)[] = new Array<Runnable | null>(kept).fill(null);
  private count = 0;
  private marked = 0;

  add(runnable: Runnable): void {
    this.turns[this.count++ & (kept - 1)] = runnable;
  }

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** Turns before this moment are over, but for what goes on outside of them. */
  mark(): void {
    this.marked = this.count;
  }

  /**
   * Whose code may have run since the mark, each once: the first one first.
   * @param outside whether also outside of turns
   */
  all(outside: boolean): Activity[] {
    const found = new Set<Activity>();
    for (let i = Math.max(0, this.count - kept); i < this.count; i++) {
      const activity = this.turns[i & (kept - 1)] as Runnable;
      if (!isActivity(activity)) continue;
      const goesOn = activity.suspended || activity.isServer === false;
      if (i >= this.marked || (outside && goesOn)) found.add(activity);
    }
    return [...found];
  }

  /** Whether a body has had a message since the mark: what it does with it, it does outside of turns. */
  get hasBody(): boolean {
    for (let i = Math.max(this.marked, this.count - kept); i < this.count; i++) {
      const runnable = this.turns[i & (kept - 1)] as Runnable;
      if (!isActivity(runnable) || runnable.isServer === false) return true;
    }
    return false;
  }

  /** Forgets them: what has ended must not be held. */
  clear(): void {
    for (let i = Math.min(this.count, kept) - 1; i >= 0; i--) this.turns[i] = null;
    this.count = this.marked = 0;
  }
}
