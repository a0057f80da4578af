/**
 * A map that mostly has one entry at most, as those of processes have: the first entry needs no `Map`, which would cost
 * more than the process.
 */
export class SmallMap<K extends string, V> {
  private key: K | null = null;
  private value: V | undefined = undefined;
  private others: Map<K, V> | null = null;

  get size(): number {
    return (this.key === null ? 0 : 1) + (this.others === null ? 0 : this.others.size);
  }

  get(key: K): V | undefined {
    return this.key === key ? this.value : this.others?.get(key);
  }

  set(key: K, value: V): void {
    if (this.key === key || (this.key === null && this.others?.has(key) !== true)) {
      this.key = key;
      this.value = value;
    } else (this.others ??= new Map<K, V>()).set(key, value);
  }

  /** @returns what was there, if anything was */
  take(key: K): V | undefined {
    if (this.key === key) {
      const { value } = this;
      this.key = null;
      this.value = undefined;
      return value;
    }
    const value = this.others?.get(key);
    this.others?.delete(key);
    return value;
  }

  *[Symbol.iterator](): IterableIterator<[K, V]> {
    if (this.key !== null) yield [this.key, this.value as V];
    if (this.others !== null) yield* this.others;
  }

  /** Quicker than to iterate. */
  forEach(visit: (value: V, key: K) => void): void {
    if (this.key !== null) visit(this.value as V, this.key);
    this.others?.forEach(visit);
  }
}
