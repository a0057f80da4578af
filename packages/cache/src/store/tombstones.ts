import { wallTimeOf } from '../versions/hybrid-clock';
import type { Tombstone } from './entry';
import { Expirations } from './expirations';
import type { StoredKey } from './stored-key';

/** What was deleted lately. All nodes forget a deletion at the same time, so that none brings it back to another. */
export class Tombstones {
  private readonly kept = new Map<StoredKey, Tombstone>();
  private readonly expirations = new Expirations();

  /** @param keepMs how long each is kept from the deletion on; 0 if none is */
  constructor(private readonly keepMs: number) {}

  get size(): number {
    return this.kept.size;
  }

  get(key: StoredKey): Tombstone | undefined {
    return this.kept.get(key);
  }

  /** Keeps a tombstone, unless its time is over. */
  set(key: StoredKey, tombstone: Tombstone, now: number): void {
    if (this.isOver(tombstone, now)) {
      this.kept.delete(key);
      return;
    }
    this.kept.set(key, tombstone);
    this.expirations.note(key, this.endOf(tombstone));
  }

  delete(key: StoredKey): void {
    this.kept.delete(key);
  }

  isOver(tombstone: Tombstone, now: number): boolean {
    return this.keepMs === 0 || this.endOf(tombstone) <= now;
  }

  /** When there is something to forget, in milliseconds since 1970; `Infinity` if there is nothing. */
  get nextAt(): number {
    return this.expirations.nextAt;
  }

  /** Takes out those whose time is over. */
  *due(now: number): Generator<[StoredKey, Tombstone]> {
    for (const key of this.expirations.due(now)) {
      const tombstone = this.kept.get(key);
      if (tombstone === undefined || !this.isOver(tombstone, now)) continue;
      this.kept.delete(key);
      yield [key, tombstone];
    }
  }

  entries(): IterableIterator<[StoredKey, Tombstone]> {
    return this.kept.entries();
  }

  private endOf({ stamp, endedAt }: Tombstone): number {
    return Math.max(wallTimeOf(stamp), endedAt) + this.keepMs;
  }
}
