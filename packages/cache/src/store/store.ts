import type { StoreStatistics } from '../terms/cache-statistics';
import { wallTimeOf } from '../versions/hybrid-clock';
import type { Version } from '../versions/version';
import { entrySize, guessedSize } from './byte-size';
import { compareRecords, EndingEntry, type Entry, Tombstone, type CacheRecord } from './entry';
import { Expirations } from './expirations';
import type { StoredKey } from './stored-key';
import { createTable, type Bounds, type Table } from './table';
import { Tombstones } from './tombstones';

/** How a store keeps what it keeps. */
export interface StoreOptions extends Bounds {
  /** Milliseconds for which it is known what was deleted; 0 if nobody needs to know. */
  readonly tombstoneMs: number;
  /** The time: milliseconds since 1970. */
  readonly now: () => number;
}

/** Hears of what happens in a store. */
export interface StoreObserver {
  /** Another version of a key is known than before; `undefined` is none. */
  changed(key: StoredKey, before: Version | undefined, after: Version | undefined): void;
  /** A read has prolonged the life of an entry, by enough to tell. */
  prolonged(key: StoredKey, entry: Entry): void;
  /** An entry had to make room. */
  evicted(key: StoredKey): void;
  /** The time of an entry was over. */
  expired(key: StoredKey): void;
}

/** What became of a record that came from another node. */
export type Merged = 'taken' | 'known' | 'outdated' | 'full';

/** A life is told in steps: so many for each time that it is long. */
const stepsOfLife = 16;

/** The entries of one node. It knows nothing of other nodes. */
export class Store {
  private readonly table: Table;
  private readonly tombstones: Tombstones;
  private readonly expirations = new Expirations();
  private readonly measures: boolean;
  private hits = 0;
  private misses = 0;
  private evictions = 0;
  private expired = 0;
  private cleared = 0;

  constructor(
    private readonly options: StoreOptions,
    private readonly observer: StoreObserver,
  ) {
    this.measures = options.maxBytes !== undefined;
    this.tombstones = new Tombstones(options.tombstoneMs);
    this.table = createTable(options, (key, entry) => {
      this.evictions += 1;
      observer.changed(key, entry, undefined);
      observer.evicted(key);
    });
  }

  get size(): number {
    return this.table.size;
  }

  get statistics(): StoreStatistics {
    const { hits, misses, evictions, expired, table, tombstones } = this;
    return {
      entries: table.size,
      bytes: this.measures ? table.bytes : guessedSize(table),
      tombstones: tombstones.size,
      hits,
      misses,
      evictions,
      expired,
    };
  }

  /** Reads an entry: a hit or a miss, a use, and the beginning of another life if that slides. */
  read(key: StoredKey): Entry | undefined {
    const entry = this.table.use(key);
    if (entry === undefined || (entry instanceof EndingEntry && !this.prolong(key, entry))) {
      this.misses += 1;
      return undefined;
    }
    this.hits += 1;
    return entry;
  }

  /** What was missed by the last read was found on another node: to the reader it was a hit. */
  foundElsewhere(): void {
    this.misses -= 1;
    this.hits += 1;
  }

  /** Looks at an entry, which leaves no trace. */
  peek(key: StoredKey): Entry | undefined {
    const entry = this.table.peek(key);
    return entry === undefined || this.hasEnded(key, entry) ? undefined : entry;
  }

  /** What is known of a key: its entry, or that it has none. */
  recordOf(key: StoredKey): CacheRecord | undefined {
    return this.peek(key) ?? this.tombstones.get(key);
  }

  /** As `recordOf`, without a look at the time. */
  versionOf(key: StoredKey): CacheRecord | undefined {
    return this.table.peek(key) ?? this.tombstones.get(key);
  }

  /** Until which stamp all was removed; 0 if nothing was lately. */
  get clearedUntil(): number {
    return this.cleared;
  }

  isCleared({ stamp }: Version): boolean {
    return stamp <= this.cleared;
  }

  /** The newest stamp that is known of a key: that of its version, or of the clearing. */
  newestOf(key: StoredKey): number {
    return Math.max(this.versionOf(key)?.stamp ?? 0, this.cleared);
  }

  /** Whether there is no room for another entry. */
  get isFull(): boolean {
    return !this.table.hasRoom(1, 1);
  }

  /** Whether all of these can be written without pushing something out. What has ended makes room first. */
  hasRoomFor(entries: Iterable<readonly [StoredKey, unknown]>): boolean {
    // Of a key that comes twice the last value stays.
    const written = new Map(entries);
    if (this.fits(written)) return true;
    this.sweep();
    return this.fits(written);
  }

  /** Writes an entry in place of what there is. @param before what that is, if the caller knows */
  put(key: StoredKey, entry: Entry, before = this.versionOf(key)): void {
    if (before instanceof Tombstone) this.tombstones.delete(key);
    this.table.set(key, entry, this.measures ? entrySize(key, entry.value) : 0);
    this.noteEnd(key, before, entry);
    this.observer.changed(key, before, entry);
  }

  /** Writes an entry, or removes one: whatever the record says. */
  keep(key: StoredKey, record: CacheRecord): void {
    if (record instanceof Tombstone) this.bury(key, record);
    else this.put(key, record);
  }

  /** Removes an entry, and remembers that for a while. @returns whether there was one */
  bury(key: StoredKey, tombstone: Tombstone): boolean {
    const entry = this.table.peek(key);
    const before = entry ?? this.tombstones.get(key);
    if (entry !== undefined) this.table.delete(key);
    this.tombstones.set(key, tombstone, this.options.now());
    this.observer.changed(key, before, this.tombstones.get(key));
    return entry !== undefined;
  }

  /** Forgets a key, as if there never had been anything. */
  forget(key: StoredKey): void {
    const before = this.table.peek(key) ?? this.tombstones.get(key);
    if (before === undefined) return;
    this.table.delete(key);
    this.tombstones.delete(key);
    this.observer.changed(key, before, undefined);
  }

  /**
   * Takes what another node knows of a key, if that is newer.
   * @param mayEvict whether another entry may have to make room for it
   */
  merge(key: StoredKey, record: CacheRecord, mayEvict: boolean): Merged {
    if (this.isCleared(record)) return 'outdated';
    const held = this.recordOf(key);
    if (held !== undefined) {
      const order = compareRecords(record, held);
      if (order <= 0) return order === 0 ? 'known' : 'outdated';
    }
    if (record instanceof Tombstone) {
      if (held === undefined && this.tombstones.isOver(record, this.options.now())) return 'known';
      this.bury(key, record);
    } else if (record.expiry !== null && record.expiry.at <= this.options.now()) {
      this.bury(key, new Tombstone(record.stamp, record.origin, record.expiry.at));
    } else {
      const mustFit = !mayEvict || this.options.refuses === true;
      if (mustFit && !this.hasRoomFor([[key, record.value]])) return 'full';
      // Making room may have changed what there is.
      this.put(key, record, mustFit ? this.versionOf(key) : held);
    }
    return 'taken';
  }

  /** Removes the entries whose time is over, and forgets what was deleted long ago. */
  sweep(): void {
    const now = this.options.now();
    this.forgetClearing();
    for (const key of this.expirations.due(now)) {
      const entry = this.table.peek(key);
      const expiry = entry?.expiry ?? null;
      if (entry === undefined || expiry === null || this.hasEnded(key, entry)) continue;
      this.expirations.note(key, expiry.at);
    }
    for (const [key, tombstone] of this.tombstones.due(now)) this.observer.changed(key, tombstone, undefined);
  }

  /** When there is something to sweep, in milliseconds since 1970; `Infinity` if nothing will be. */
  get nextSweepAt(): number {
    return Math.min(this.expirations.nextAt, this.tombstones.nextAt, this.clearingEndsAt);
  }

  entries(): IterableIterator<[StoredKey, Entry]> {
    return this.table.entries();
  }

  /** Everything that is known, also of what was deleted. */
  *records(): Generator<[StoredKey, CacheRecord]> {
    yield* this.table.entries();
    yield* this.tombstones.entries();
  }

  /**
   * Removes all that was written until a stamp, and takes none of it again for as long as deletions are remembered.
   * @returns how many entries that were
   */
  clearUntil(stamp: number): number {
    if (stamp <= this.cleared) return 0;
    this.cleared = stamp;
    const before = this.size;
    for (const [key, record] of this.records()) if (this.isCleared(record)) this.forget(key);
    this.forgetClearing();
    return before - this.size;
  }

  private forgetClearing(): void {
    if (this.options.now() >= this.clearingEndsAt) this.cleared = 0;
  }

  private get clearingEndsAt(): number {
    return this.cleared === 0 ? Infinity : wallTimeOf(this.cleared) + this.options.tombstoneMs;
  }

  private fits(written: ReadonlyMap<StoredKey, unknown>): boolean {
    let entries = 0;
    let bytes = 0;
    for (const [key, value] of written) {
      const before = this.table.peek(key);
      if (before === undefined) entries += 1;
      if (!this.measures) continue;
      bytes += entrySize(key, value) - (before === undefined ? 0 : entrySize(key, before.value));
    }
    return this.table.hasRoom(bytes, entries);
  }

  private noteEnd(key: StoredKey, before: CacheRecord | undefined, { expiry }: Entry): void {
    if (expiry === null) return;
    const noted = before instanceof Tombstone ? null : before?.expiry;
    // Each entry is noted for its end or earlier.
    if ((noted?.at ?? Infinity) > expiry.at) this.expirations.note(key, expiry.at);
  }

  /** @returns whether the entry still lives */
  private prolong(key: StoredKey, entry: EndingEntry): boolean {
    if (this.hasEnded(key, entry)) return false;
    const { expiry } = entry;
    const { slidingMs } = expiry;
    if (slidingMs === 0) return true;
    const at = this.options.now() + slidingMs;
    entry.prolong({ at, slidingMs });
    const stepMs = slidingMs / stepsOfLife;
    if (Math.floor(at / stepMs) > Math.floor(expiry.at / stepMs)) this.observer.prolonged(key, entry);
    return true;
  }

  private hasEnded(key: StoredKey, entry: Entry): boolean {
    const { expiry } = entry;
    if (expiry === null || expiry.at > this.options.now()) return false;
    this.expired += 1;
    this.bury(key, new Tombstone(entry.stamp, entry.origin, expiry.at));
    this.observer.expired(key);
    return true;
  }
}
