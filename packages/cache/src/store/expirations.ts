import type { StoredKey } from './stored-key';

/** Entries that end within one such span are looked at together. */
const spanMs = 1_000;

/**
 * Which keys to look at when: by the seconds in which their entries end. An entry that was deleted or prolonged
 * meanwhile is still noted for its old time; whoever looks at it then sees that.
 */
export class Expirations {
  private readonly spans = new Map<number, Set<StoredKey>>();
  private earliest = Infinity;

  /** @param at milliseconds since 1970 */
  note(key: StoredKey, at: number): void {
    const span = Math.floor(at / spanMs);
    const keys = this.spans.get(span);
    if (keys === undefined) this.spans.set(span, new Set([key]));
    else keys.add(key);
    if (span < this.earliest) this.earliest = span;
  }

  /** When to look next, in milliseconds since 1970; `Infinity` if nothing is noted. */
  get nextAt(): number {
    return (this.earliest + 1) * spanMs;
  }

  /** Takes out the keys whose time has come. */
  *due(now: number): Generator<StoredKey> {
    while (this.nextAt <= now) {
      const keys = this.spans.get(this.earliest);
      this.spans.delete(this.earliest);
      // Spans are few: as many as there are seconds that somebody has named.
      this.earliest = Infinity;
      for (const span of this.spans.keys()) if (span < this.earliest) this.earliest = span;
      if (keys !== undefined) yield* keys;
    }
  }
}
