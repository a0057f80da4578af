/** Stamps of one millisecond. */
const perMs = 1_024;

/**
 * A hybrid logical clock: its stamps follow the wall clock, and yet each is above every stamp that was given or seen
 * before. So a write that knows of another one is newer, even if the wall clock of its node is behind or goes back; and
 * writes that know nothing of each other are ordered by time, as well as the machines agree about that.
 *
 * A stamp is one number: milliseconds since 1970 times 1,024, plus a count. More writes than that within a millisecond
 * borrow from the next one. It is exact until the year 2248.
 */
export class HybridClock {
  private last = 0;

  /** @param wallTime milliseconds since 1970 */
  constructor(private readonly wallTime: () => number) {}

  /** The stamp of a new write. */
  next(): number {
    this.last = Math.max(stampAt(this.wallTime()), this.last + 1);
    return this.last;
  }

  /** Another node has given this stamp: what is written here from now on is newer. */
  observe(stamp: number): void {
    if (stamp > this.last) this.last = stamp;
  }
}

/** The first stamp of a moment. @param wallMs milliseconds since 1970 */
export function stampAt(wallMs: number): number {
  return Math.floor(wallMs) * perMs;
}

/** The moment of a stamp, in milliseconds since 1970. */
export function wallTimeOf(stamp: number): number {
  return Math.floor(stamp / perMs);
}
