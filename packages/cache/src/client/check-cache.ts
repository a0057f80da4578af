import { BadArgumentError } from '@trestle/runtime';
import { Cache } from './cache';

/**
 * Checks at the door that something is the view of a cache.
 * @throws BadArgumentError if it is none: a namespace, or a near cache, is not
 */
export function checkCache(call: string, cache: unknown): void {
  if (!(cache instanceof Cache)) throw new BadArgumentError({ call, expected: 'a cache', got: cache });
}
