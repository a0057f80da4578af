import { LRUCache } from 'lru-cache';
import { entrySize } from './byte-size';
import type { Entry } from './entry';
import type { StoredKey } from './stored-key';

/** How much a node keeps. */
export interface Bounds {
  readonly maxEntries?: number | undefined;
  readonly maxBytes?: number | undefined;
  /** Whether writes are refused when there is no room; if not, others make room. */
  readonly refuses?: boolean;
}

/** Where entries are: without bounds it costs no more than a map. */
export interface Table {
  readonly size: number;
  /** About how many bytes it holds; 0 if nobody wants to know. */
  readonly bytes: number;
  /** Reads without using: the entry does not become younger by it. */
  peek(key: StoredKey): Entry | undefined;
  /** Reads, and counts as use. */
  use(key: StoredKey): Entry | undefined;
  /** Whether so many bytes and entries more than now fit without pushing something out. */
  hasRoom(bytes: number, entries: number): boolean;
  set(key: StoredKey, entry: Entry, bytes: number): void;
  delete(key: StoredKey): boolean;
  entries(): IterableIterator<[StoredKey, Entry]>;
  /** Goes through all values at once, which counts as no use. */
  each(call: (value: unknown, key: StoredKey) => void): void;
}

/** @param evicted hears of an entry that had to make room */
export function createTable(bounds: Bounds, evicted: (key: StoredKey, entry: Entry) => void): Table {
  const { maxEntries, maxBytes, refuses = false } = bounds;
  if (maxEntries === undefined && maxBytes === undefined) return new UnboundedTable();
  return refuses ? new RefusingTable(maxEntries, maxBytes) : new EvictingTable(maxEntries, maxBytes, evicted);
}

/** What does not grow always fits. */
function isWithin(max: number | undefined, present: number, more: number): boolean {
  return max === undefined || more <= 0 || present + more <= max;
}

class UnboundedTable implements Table {
  protected readonly map = new Map<StoredKey, Entry>();

  get bytes(): number {
    return 0;
  }
  get size(): number {
    return this.map.size;
  }
  peek(key: StoredKey): Entry | undefined {
    return this.map.get(key);
  }
  use(key: StoredKey): Entry | undefined {
    return this.map.get(key);
  }
  hasRoom(bytes: number, entries: number): boolean {
    return true;
  }
  set(key: StoredKey, entry: Entry, bytes: number): void {
    this.map.set(key, entry);
  }
  delete(key: StoredKey): boolean {
    return this.map.delete(key);
  }
  entries(): IterableIterator<[StoredKey, Entry]> {
    return this.map.entries();
  }
  each(call: (value: unknown, key: StoredKey) => void): void {
    this.map.forEach(({ value }, key) => {
      call(value, key);
    });
  }
}

/** Lets go of nothing: writers ask whether there is room. */
class RefusingTable extends UnboundedTable {
  private held = 0;

  constructor(
    private readonly maxEntries: number | undefined,
    private readonly maxBytes: number | undefined,
  ) {
    super();
  }

  override get bytes(): number {
    return this.held;
  }
  override hasRoom(bytes: number, entries: number): boolean {
    return isWithin(this.maxEntries, this.size, entries) && isWithin(this.maxBytes, this.held, bytes);
  }
  override set(key: StoredKey, entry: Entry, bytes: number): void {
    this.held += bytes - this.bytesOf(key);
    super.set(key, entry, bytes);
  }
  override delete(key: StoredKey): boolean {
    this.held -= this.bytesOf(key);
    return super.delete(key);
  }

  private bytesOf(key: StoredKey): number {
    const entry = this.maxBytes === undefined ? undefined : this.peek(key);
    return entry === undefined ? 0 : entrySize(key, entry.value);
  }
}

/** Lets go what was not used for longest. */
class EvictingTable implements Table {
  private readonly lru: LRUCache<StoredKey, Entry>;

  constructor(
    private readonly maxEntries: number | undefined,
    private readonly maxBytes: number | undefined,
    evicted: (key: StoredKey, entry: Entry) => void,
  ) {
    this.lru = new LRUCache<StoredKey, Entry>({
      ...(maxEntries === undefined ? {} : { max: maxEntries }),
      ...(maxBytes === undefined ? {} : { maxSize: maxBytes }),
      dispose: (entry, key, reason) => {
        if (reason === 'evict') evicted(key, entry);
      },
    } as LRUCache.Options<StoredKey, Entry, unknown>);
  }

  get size(): number {
    return this.lru.size;
  }
  get bytes(): number {
    return this.lru.calculatedSize;
  }
  peek(key: StoredKey): Entry | undefined {
    return this.lru.peek(key);
  }
  use(key: StoredKey): Entry | undefined {
    return this.lru.get(key);
  }
  hasRoom(bytes: number, entries: number): boolean {
    return isWithin(this.maxEntries, this.size, entries) && isWithin(this.maxBytes, this.bytes, bytes);
  }
  set(key: StoredKey, entry: Entry, bytes: number): void {
    if (this.maxBytes === undefined) this.lru.set(key, entry);
    else this.lru.set(key, entry, { size: bytes });
  }
  delete(key: StoredKey): boolean {
    return this.lru.delete(key);
  }
  entries(): IterableIterator<[StoredKey, Entry]> {
    // A copy: what is used while somebody goes through them changes its place among them.
    return [...this.lru.entries()].values() as IterableIterator<[StoredKey, Entry]>;
  }
  each(call: (value: unknown, key: StoredKey) => void): void {
    this.lru.forEach(({ value }, key) => {
      call(value, key);
    });
  }
}
