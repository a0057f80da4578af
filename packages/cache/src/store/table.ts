import { LRUCache } from 'lru-cache';
import type { Entry } from './entry';
import type { StoredKey } from './stored-key';

/** How much a node keeps. */
export interface Bounds {
  readonly maxEntries?: number | undefined;
  readonly maxBytes?: number | undefined;
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
  /** Whether so much fits without pushing something out. @param isNew whether the key has no entry yet */
  hasRoom(bytes: number, isNew: boolean): boolean;
  set(key: StoredKey, entry: Entry, bytes: number): void;
  delete(key: StoredKey): boolean;
  clear(): void;
  entries(): IterableIterator<[StoredKey, Entry]>;
}

/** @param evicted hears of an entry that had to make room */
export function createTable(bounds: Bounds, evicted: (key: StoredKey, entry: Entry) => void): Table {
  const { maxEntries, maxBytes } = bounds;
  return maxEntries === undefined && maxBytes === undefined
    ? new UnboundedTable()
    : new BoundedTable(maxEntries, maxBytes, evicted);
}

class UnboundedTable implements Table {
  private readonly map = new Map<StoredKey, Entry>();
  readonly bytes = 0;

  get size(): number {
    return this.map.size;
  }
  peek(key: StoredKey): Entry | undefined {
    return this.map.get(key);
  }
  use(key: StoredKey): Entry | undefined {
    return this.map.get(key);
  }
  hasRoom(): boolean {
    return true;
  }
  set(key: StoredKey, entry: Entry): void {
    this.map.set(key, entry);
  }
  delete(key: StoredKey): boolean {
    return this.map.delete(key);
  }
  clear(): void {
    this.map.clear();
  }
  entries(): IterableIterator<[StoredKey, Entry]> {
    return this.map.entries();
  }
}

/** Lets go what was not used for longest. */
class BoundedTable implements Table {
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
  hasRoom(bytes: number, isNew: boolean): boolean {
    const fitsOne = !isNew || this.maxEntries === undefined || this.lru.size < this.maxEntries;
    return fitsOne && (this.maxBytes === undefined || this.lru.calculatedSize + bytes <= this.maxBytes);
  }
  set(key: StoredKey, entry: Entry, bytes: number): void {
    if (this.maxBytes === undefined) this.lru.set(key, entry);
    else this.lru.set(key, entry, { size: bytes });
  }
  delete(key: StoredKey): boolean {
    return this.lru.delete(key);
  }
  clear(): void {
    this.lru.clear();
  }
  entries(): IterableIterator<[StoredKey, Entry]> {
    // A copy: what is used while somebody goes through them changes its place among them.
    return [...this.lru.entries()].values() as IterableIterator<[StoredKey, Entry]>;
  }
}
