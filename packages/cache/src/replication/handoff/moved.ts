import type { StoredKey } from '../../store/stored-key';

/** For how long it is known what was given away, in ms: longer than a question is on its way. */
const keptMs = 5_000;

/**
 * What was given away a moment ago, and its stamp. Who asks all nodes for a key while it moves may find it on none of them: not
 * yet on one, no more on the other. Who has given it away says so, and is asked again.
 */
export class Moved {
  private readonly given = new Map<StoredKey, { readonly stamp: number; readonly until: number }>();

  /** @param now milliseconds from an arbitrary start */
  constructor(private readonly now: () => number) {}

  note(key: StoredKey, stamp: number): void {
    // The oldest come first.
    this.given.delete(key);
    this.given.set(key, { stamp, until: this.now() + keptMs });
  }

  /** @returns 0 if it was not given away lately */
  stampOf(key: StoredKey): number {
    return this.given.get(key)?.stamp ?? 0;
  }

  age(): void {
    const now = this.now();
    for (const [key, { until }] of this.given) {
      if (until > now) return;
      this.given.delete(key);
    }
  }
}
