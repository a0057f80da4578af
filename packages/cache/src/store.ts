import type { CacheKey } from './cache-key';

/** The entries of one node. Keys are compared by value: two tuples of the same parts are one key. */
export class Store {
  private readonly plain = new Map<string | number, unknown>();
  private readonly tuples = new Map<string, unknown>();

  get size(): number {
    return this.plain.size + this.tuples.size;
  }

  get(key: CacheKey): unknown {
    return typeof key === 'object' ? this.tuples.get(textOf(key)) : this.plain.get(key);
  }

  put(key: CacheKey, value: unknown): void {
    if (typeof key === 'object') this.tuples.set(textOf(key), value);
    else this.plain.set(key, value);
  }

  delete(key: CacheKey): void {
    if (typeof key === 'object') this.tuples.delete(textOf(key));
    else this.plain.delete(key);
  }
}

/** JSON tells strings from numbers, and writes finite numbers and any string without loss; -0 is written as 0. */
function textOf(tuple: readonly CacheKey[]): string {
  return JSON.stringify(tuple);
}
