import { isCacheKey, type CacheKey } from './cache-key';
import { isWritten, type WriteRequestOptions } from './write-request';

/*
 * Requests that travel together are one flat list, for objects would cost more than what they say: 0 and a key (get),
 * 1, a key and a value (put), 2 and a key (delete); 3 and 4 as these two, with the options of the write behind.
 */

export const getOp = 0;
export const putOp = 1;
export const deleteOp = 2;
export const putOpWith = 3;
export const deleteOpWith = 4;

/** How many places a request takes, by what it is. */
const widths = [2, 3, 2, 4, 3] as const;

export type BatchOp = 0 | 1 | 2 | 3 | 4;

/** What a request of a batch is called when it travels alone. */
const types = ['get', 'put', 'delete', 'put', 'delete'] as const;

/** A request of a batch, as it is when it travels alone. */
export type SingleRequest =
  | { readonly type: 'get'; readonly key: CacheKey }
  | ({ readonly type: 'put'; readonly key: CacheKey; readonly value: unknown } & WriteRequestOptions)
  | ({ readonly type: 'delete'; readonly key: CacheKey } & WriteRequestOptions);

const usual: WriteRequestOptions = Object.freeze({});

export function widthOf(op: unknown): number {
  return widths[op as BatchOp];
}

/** A request, as it is when it travels alone. */
export function requestOf(
  op: BatchOp,
  key: CacheKey,
  value: unknown,
  how: WriteRequestOptions = usual,
): SingleRequest {
  const type = types[op];
  if (type === 'get') return { type, key };
  return type === 'put' ? { type, key, value, ...how } : { type, key, ...how };
}

/** The request at a place of the list. */
export function requestAt(ops: readonly unknown[], at: number): SingleRequest {
  return requestOf(ops[at] as BatchOp, ops[at + 1] as CacheKey, ops[at + 2], howAt(ops, at));
}

/** How the write at a place of the list is to be done; nothing for the usual. */
export function howAt(ops: readonly unknown[], at: number): WriteRequestOptions {
  const op = ops[at] as BatchOp;
  return op === putOpWith || op === deleteOpWith ? (ops[at + widths[op] - 1] as WriteRequestOptions) : usual;
}

/** Tells whether a value is such a list. */
export function areOps(ops: unknown): ops is readonly unknown[] {
  if (!Array.isArray(ops)) return false;
  let at = 0;
  while (at < ops.length) {
    const op: unknown = ops[at];
    if (typeof op !== 'number' || !(op in widths) || !isCacheKey(ops[at + 1])) return false;
    const width = widthOf(op);
    if (op >= putOpWith && !isHow(ops[at + width - 1])) return false;
    at += width;
  }
  return at === ops.length;
}

function isHow(how: unknown): boolean {
  return typeof how === 'object' && how !== null && isWritten(how);
}
