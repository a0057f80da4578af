import type { CallOptions } from '@trestle/runtime';
import type { CacheKey } from '../../terms/cache-key';
import type { CacheRequests } from '../cache-requests';
import { entryList, keyList } from '../checked-arguments';
import { askMany } from './many-keys';
import { ManyReader } from './many-reader';
import {
  callOptions,
  deleteNames,
  writeNames,
  writeRequestOptions,
  type DeleteOptions,
  type WriteOptions,
} from '../write-options';

/** As `Cache.getMany`. */
export async function getMany<Value>(
  requests: CacheRequests,
  keys: Iterable<CacheKey>,
  options?: CallOptions,
): Promise<(Value | undefined)[]> {
  const list = keyList('getMany', keys);
  const wait = callOptions('getMany', options);
  const values = new Array<Value | undefined>(list.length).fill(undefined);
  const found = (place: number, value: unknown): void => void (values[place] = value as Value);
  await new ManyReader(requests, list, { wait, found }).read();
  return values;
}

/** As `Cache.putMany`. */
export async function putMany<Value>(
  requests: CacheRequests,
  entries: Iterable<readonly [CacheKey, Value]>,
  options?: WriteOptions,
): Promise<'ok'> {
  const list = entryList('putMany', entries);
  const keys = list.map(([key]) => key);
  const values = list.map(([, value]) => value);
  const how = writeRequestOptions('putMany', options);
  await askMany(requests, {
    call: 'putMany',
    keys,
    request: (at) => ({ type: 'putMany', keys: pick(keys, at), values: pick(values, at), ...how }),
    options: callOptions('putMany', options, writeNames),
  });
  return 'ok';
}

/** As `Cache.deleteMany`. */
export async function deleteMany(
  requests: CacheRequests,
  keys: Iterable<CacheKey>,
  options?: DeleteOptions,
): Promise<'ok'> {
  const list = keyList('deleteMany', keys);
  const how = writeRequestOptions('deleteMany', options, deleteNames);
  await askMany(requests, {
    call: 'deleteMany',
    keys: list,
    request: (places) => ({ type: 'deleteMany', keys: pick(list, places), ...how }),
    options: callOptions('deleteMany', options, writeNames),
  });
  return 'ok';
}

function pick<T>(list: readonly T[], places: readonly number[]): T[] {
  return places.map((place) => list[place] as T);
}
