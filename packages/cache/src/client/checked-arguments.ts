import { BadArgumentError, type Node } from '@trestle/runtime';
import { attachedTo, Sendables } from '@trestle/runtime/internal';
import type { CacheKey } from '../terms/cache-key';

/* What callers say besides keys and options, looked at before anything is sent: a server sees only what it can serve. */

/**
 * The keys of a call for many.
 * @throws BadArgumentError if it is no list; a text is none, though JavaScript could go through it
 */
export function keyList(call: string, keys: Iterable<CacheKey>): CacheKey[] {
  if (!isList(keys)) throw refusal(call, 'keys to be a list of keys, such as an array', keys);
  return [...keys];
}

/**
 * The entries of a call that writes many.
 * @throws BadArgumentError if it is no list of pairs
 */
export function entryList<Value>(
  call: string,
  entries: Iterable<readonly [CacheKey, Value]>,
): readonly (readonly [CacheKey, Value])[] {
  if (!isList(entries))
    throw refusal(call, 'entries to be a list of pairs [key, value], such as an array or a Map', entries);
  const list = [...entries];
  for (const entry of list as unknown[]) {
    if (!Array.isArray(entry) || entry.length !== 2)
      throw refusal(call, 'each entry to be a pair [key, value]', entry);
  }
  return list;
}

/** What is wrong with what is to be added, if anything is. */
export function wrongAddend(call: string, by: unknown): BadArgumentError | null {
  return Number.isFinite(by) ? null : refusal(call, 'a finite number to add', by);
}

/** What is wrong with a function's name and its arguments, if anything is: they may have to travel, wherever the owner is. */
export function wrongUpdate(node: Node, fn: unknown, args: unknown): unknown {
  const call = 'update';
  if (typeof fn !== 'string' || fn === '') return refusal(call, 'the name of a function', fn);
  if (!Array.isArray(args)) return refusal(call, 'args to be an array', args);
  if (args.length === 0) return null;
  try {
    attachedTo('cache update', node, Sendables).check(args, 'cache update: args');
    return null;
  } catch (error) {
    return error;
  }
}

/** @throws BadArgumentError if it can load nothing */
export function checkLoader(call: string, load: unknown): void {
  if (typeof load !== 'function') throw refusal(call, 'a function that loads', load);
}

function isList<T>(value: Iterable<T>): boolean {
  const list = value as unknown;
  return typeof list === 'object' && list !== null && Symbol.iterator in list;
}

function refusal(call: string, expected: string, got: unknown): BadArgumentError {
  return new BadArgumentError({ call: `cache ${call}`, expected, got });
}
