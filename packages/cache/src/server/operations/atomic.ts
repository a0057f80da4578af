import { BadArgumentError } from '@trestle/runtime';
import { isDeepStrictEqual } from 'node:util';
import type { AtomicCall } from '../../terms/cache-protocol';
import type { UpdateFunction } from '../../terms/cache-options';

/** The present value of a key. */
export interface Present {
  readonly value: unknown;
}

/** What an atomic operation comes to: what is to be done, and the answer once that is done. */
export type AtomicOutcome =
  | { readonly action: 'put'; readonly value: unknown; readonly reply: unknown }
  | { readonly action: 'delete'; readonly reply: unknown }
  | { readonly action: 'nothing'; readonly reply: unknown };

/**
 * Decides what an operation that depends on the present value does.
 * @throws BadArgumentError for a function that there is not, a value that is no number, or a sum that none can hold; and
 * what the function throws
 */
export function decideAtomic(
  request: AtomicCall,
  present: Present | undefined,
  functions: Readonly<Record<string, UpdateFunction>>,
): AtomicOutcome {
  switch (request.type) {
    case 'putIfAbsent':
      return putIfAbsent(request.value, present);
    case 'compareAndSet':
      return compareAndSet(request.expected, request.value, present);
    case 'increment':
      return increment(request.by ?? 1, present);
    case 'update':
      return update(functionOf(request.fn, functions), request.args ?? [], present);
  }
}

function putIfAbsent(value: unknown, present: Present | undefined): AtomicOutcome {
  if (present !== undefined) return { action: 'nothing', reply: { stored: false, value: present.value } };
  return { action: 'put', value, reply: { stored: true, value } };
}

function compareAndSet(expected: unknown, value: unknown, present: Present | undefined): AtomicOutcome {
  if (!isDeepStrictEqual(present?.value, expected)) return { action: 'nothing', reply: false };
  return { action: 'put', value, reply: true };
}

function increment(by: number, present: Present | undefined): AtomicOutcome {
  const before = present === undefined ? 0 : present.value;
  if (typeof before !== 'number') {
    throw new BadArgumentError({
      call: 'cache increment',
      expected: 'a value that is a number',
      got: before,
    });
  }
  const sum = before + by;
  if (!isCounted(before, by, sum))
    throw new BadArgumentError({
      call: 'cache increment',
      expected: 'a sum that a number can hold',
      got: sum,
    });
  return { action: 'put', value: sum, reply: sum };
}

/** Whether nothing was lost: beyond 2 ** 53 a whole number takes the next one in silence. */
function isCounted(before: number, by: number, sum: number): boolean {
  const areWhole = Number.isSafeInteger(before) && Number.isSafeInteger(by);
  return areWhole ? Number.isSafeInteger(sum) : Number.isFinite(sum);
}

function update(fn: UpdateFunction, args: readonly unknown[], present: Present | undefined): AtomicOutcome {
  const value = fn(present?.value, ...args);
  if (value !== undefined) return { action: 'put', value, reply: value };
  return present === undefined
    ? { action: 'nothing', reply: undefined }
    : { action: 'delete', reply: undefined };
}

function functionOf(name: string, functions: Readonly<Record<string, UpdateFunction>>): UpdateFunction {
  const fn = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (fn !== undefined) return fn;
  const known = Object.keys(functions).join(', ');
  const expected = `one of the cache's functions (${known === '' ? 'it has none' : known})`;
  throw new BadArgumentError({ call: 'cache update', expected, got: name });
}
