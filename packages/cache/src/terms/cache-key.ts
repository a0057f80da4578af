import { BadArgumentError } from '@trestle/runtime';

/** A key: a string, a number that is finite, or a tuple of keys. Tuples are compared by what they hold. */
export type CacheKey = string | number | readonly CacheKey[];

/** Tuples nest no deeper, so that a tuple within itself is an error and not an endless walk. */
const maxTupleDepth = 32;

const expected = `a key: a string, a finite number, or a tuple of them, nested at most ${String(maxTupleDepth)} deep`;

/**
 * Checks a key at the door.
 * @throws BadArgumentError if it is none
 */
export function checkKey(call: string, key: unknown): void {
  if (!isCacheKey(key)) throw new BadArgumentError({ call, expected, got: key });
}

/** Tells whether a value can be a key. */
export function isCacheKey(value: unknown): value is CacheKey {
  return typeof value === 'string' || Number.isFinite(value) || (Array.isArray(value) && isTuple(value, 1));
}

function isTuple(elements: readonly unknown[], depth: number): boolean {
  for (const element of elements) {
    if (typeof element === 'string' || Number.isFinite(element)) continue;
    if (!Array.isArray(element) || depth === maxTupleDepth || !isTuple(element, depth + 1)) return false;
  }
  return true;
}
