import type { From } from '@trestle/runtime';
import type { CacheReadError } from '../../terms/cache-errors';
import type { CacheKey } from '../../terms/cache-key';
import type { CachePart } from '../cache-part';
import type { EntryView, GetMany, ReadAnswer } from '../../terms/cache-protocol';
import type { Entry } from '../../store/entry';
import { storedKey } from '../../store/stored-key';
import { failCall } from './fail-call';

/** What a reader needs of an entry to keep it for a while. */
export function viewOf(part: CachePart, entry: Entry | undefined): EntryView | undefined {
  return entry === undefined ? undefined : { value: entry.value, expiresInMs: part.leftMs(entry) };
}

/**
 * Reads many keys.
 * @returns the answer, if nobody else has to be asked, or may be; `null` if it is given later
 */
export function readMany(part: CachePart, request: GetMany, from: From): ReadAnswer | null {
  const { keys, views = false, atOnce = false } = request;
  const { store } = part;
  const values = new Array<unknown>(keys.length);
  let open: number[] | null = null;
  for (let i = 0; i < keys.length; i++) {
    const key = storedKey(keys[i] as CacheKey);
    const entry = store.read(key);
    // Also where nothing is: a place that was never written would be skipped by whoever goes through the list.
    values[i] = views ? viewOf(part, entry) : entry?.value;
    if (entry === undefined && part.mayBeElsewhere(key)) (open ??= []).push(i);
  }
  if (open === null) return values;
  if (atOnce) return { values, open };
  readOpen(part, request, { values, open }, from);
  return null;
}

/** Asks others for what is not here, and answers when all is known. */
function readOpen(
  part: CachePart,
  { keys, views = false }: GetMany,
  { values, open }: { readonly values: unknown[]; readonly open: readonly number[] },
  from: From,
): void {
  let left = open.length;
  let failed: CacheReadError | undefined;
  for (const i of open) {
    part.readElsewhere(storedKey(keys[i] as CacheKey), (entry, problem) => {
      values[i] = views ? viewOf(part, entry) : entry?.value;
      failed ??= problem;
      left -= 1;
      if (left > 0) return;
      if (failed === undefined) from.reply(values);
      else failCall(from, failed);
    });
  }
}
