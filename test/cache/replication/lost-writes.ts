import type { StoredKey } from '../../../packages/cache/src/store/stored-key';

/** A write of a test, of a value that no other write has; who deletes writes `undefined`. */
export interface Write {
  readonly key: StoredKey;
  readonly value: unknown;
  /** By a clock that all writers share. */
  readonly startedAt: number;
  endedAt: number;
  hasSucceeded: boolean;
}

/**
 * The writes that succeeded and are lost: what is there instead had succeeded before they began.
 * @param present the value of each key; of none `undefined`
 */
export function lostWrites(writes: readonly Write[], present: (key: StoredKey) => unknown): unknown[] {
  const byKey = new Map<StoredKey, Write[]>();
  for (const write of writes) {
    const ofKey = byKey.get(write.key);
    if (ofKey === undefined) byKey.set(write.key, [write]);
    else ofKey.push(write);
  }
  return [...byKey].flatMap(([key, ofKey]) => {
    const value = present(key);
    const those = ofKey.filter((write) => write.value === value);
    // Nothing was ever written, or nothing that succeeded.
    if (those.length === 0) return ofKey.filter(({ hasSucceeded }) => hasSucceeded);
    const lastEnd = Math.max(...those.map((write) => (write.hasSucceeded ? write.endedAt : Infinity)));
    return ofKey
      .filter((write) => write.hasSucceeded && write.value !== value && write.startedAt > lastEnd)
      .map((write) => ({ ...write, instead: those }));
  });
}
