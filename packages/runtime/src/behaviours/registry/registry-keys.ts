import type { Pid } from '../../terms/pid';

/** What a process has registered under a key. */
export interface RegistryEntry<Key, Value> {
  readonly key: Key;
  readonly pid: Pid;
  readonly value: Value;
}

/** The entries of a registry by their keys, which are the same if a Map takes them for the same. */
export interface KeyTable<Key, Value> {
  /** How many entries there are. */
  readonly size: number;
  /** The entries of a key, in the order they came; the same array until they change. */
  lookup(key: Key): readonly RegistryEntry<Key, Value>[];
  add(entry: RegistryEntry<Key, Value>): void;
  remove(entry: RegistryEntry<Key, Value>): void;
  all(): IterableIterator<RegistryEntry<Key, Value>>;
}

/** What is found where there is nothing. */
const nothing: readonly never[] = Object.freeze([]);

/** Keys that one process has at most. */
export class UniqueKeys<Key, Value> implements KeyTable<Key, Value> {
  private readonly found = new Map<Key, readonly RegistryEntry<Key, Value>[]>();

  get size(): number {
    return this.found.size;
  }

  lookup(key: Key): readonly RegistryEntry<Key, Value>[] {
    return this.found.get(key) ?? nothing;
  }

  /** Adds an entry, or puts it in the place of the one with its key. */
  add(entry: RegistryEntry<Key, Value>): void {
    this.found.set(entry.key, Object.freeze([entry]));
  }

  remove(entry: RegistryEntry<Key, Value>): void {
    this.found.delete(entry.key);
  }

  *all(): IterableIterator<RegistryEntry<Key, Value>> {
    for (const entries of this.found.values()) yield* entries;
  }
}

/** The entries of one key. */
interface Bucket<Key, Value> {
  readonly entries: Set<RegistryEntry<Key, Value>>;
  /** They as an array, once somebody has asked for it. */
  listed: readonly RegistryEntry<Key, Value>[] | null;
}

/** Keys that any number of processes have, and a process any number of times. */
export class DuplicateKeys<Key, Value> implements KeyTable<Key, Value> {
  private readonly buckets = new Map<Key, Bucket<Key, Value>>();
  private entryCount = 0;

  get size(): number {
    return this.entryCount;
  }

  lookup(key: Key): readonly RegistryEntry<Key, Value>[] {
    const bucket = this.buckets.get(key);
    return bucket === undefined ? nothing : (bucket.listed ??= Object.freeze([...bucket.entries]));
  }

  add(entry: RegistryEntry<Key, Value>): void {
    let bucket = this.buckets.get(entry.key);
    if (bucket === undefined) this.buckets.set(entry.key, (bucket = { entries: new Set(), listed: null }));
    bucket.entries.add(entry);
    bucket.listed = null;
    this.entryCount += 1;
  }

  remove(entry: RegistryEntry<Key, Value>): void {
    const bucket = this.buckets.get(entry.key);
    if (bucket?.entries.delete(entry) !== true) return;
    bucket.listed = null;
    this.entryCount -= 1;
    if (bucket.entries.size === 0) this.buckets.delete(entry.key);
  }

  *all(): IterableIterator<RegistryEntry<Key, Value>> {
    for (const { entries } of this.buckets.values()) yield* entries;
  }
}
