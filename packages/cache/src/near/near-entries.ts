import type { Clock } from '@trestle/runtime';
import { LRUCache } from 'lru-cache';
import type { EntryView } from '../terms/cache-protocol';
import type { StoredKey } from '../store/stored-key';

/** A read that is under way. */
export interface Flight {
  /** Whether the key was written since it began: what it brings may be old. */
  isOld: boolean;
}

/** Values in a box: `undefined` is one too. */
interface Near {
  readonly value: unknown;
}

/** What a near cache may hold. */
export interface NearBounds {
  readonly maxEntries: number;
  readonly maxAgeMs: number;
}

/** The entries that a node keeps of others, as long as nobody has said that they have changed. */
export class NearEntries {
  private readonly entries: LRUCache<StoredKey, Near>;
  private readonly flights = new Map<StoredKey, Set<Flight>>();
  hits = 0;
  misses = 0;

  constructor(
    clock: Clock,
    private readonly bounds: NearBounds,
  ) {
    this.entries = new LRUCache({
      max: bounds.maxEntries,
      // To it, 0 is no time at all.
      perf: { now: () => clock.now() + 1 },
      // It looks at the time for each read: no timer of its own keeps the time.
      ttlResolution: 0,
      ttl: 1,
    });
  }

  get size(): number {
    return this.entries.size;
  }

  find(key: StoredKey): Near | undefined {
    const near = this.entries.get(key);
    if (near === undefined) this.misses += 1;
    else this.hits += 1;
    return near;
  }

  begin(key: StoredKey): Flight {
    const flight = { isOld: false };
    const others = this.flights.get(key);
    if (others === undefined) this.flights.set(key, new Set([flight]));
    else others.add(flight);
    return flight;
  }

  /** A read has brought an entry, or has failed. @param keep whether it may be kept */
  end(key: StoredKey, flight: Flight, entry: EntryView | undefined, keep: boolean): void {
    const flights = this.flights.get(key);
    flights?.delete(flight);
    if (flights?.size === 0) this.flights.delete(key);
    if (!keep || flight.isOld || entry === undefined) return;
    const ttl = Math.min(this.bounds.maxAgeMs, entry.expiresInMs);
    if (ttl > 0) this.entries.set(key, { value: entry.value }, { ttl: Math.ceil(ttl) });
  }

  drop(key: StoredKey): void {
    this.entries.delete(key);
    for (const flight of this.flights.get(key) ?? []) flight.isOld = true;
  }

  dropAll(): void {
    this.entries.clear();
    for (const flights of this.flights.values()) for (const flight of flights) flight.isOld = true;
  }
}
