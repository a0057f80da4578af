import type { CallOptions } from '@trestle/runtime';
import type { CacheKey } from '../cache-key';
import type { CacheRequests } from '../cache-requests';
import { entryList, keyList } from './checked-arguments';
import { askMany } from './many-keys';
import { callOptions, writeNames, writeRequestOptions, type WriteOptions } from './write-options';

/** As `Cache.getMany`. */
export async function getMany<Value>(
  requests: CacheRequests,
  keys: Iterable<CacheKey>,
  options?: CallOptions,
): Promise<(Value | undefined)[]> {
  const list = keyList('getMany', keys);
  const values = new Array<Value | undefined>(list.length).fill(undefined);
  await askMany(requests, {
    call: 'getMany',
    keys: list,
    request: (places) => ({ type: 'getMany', keys: pick(list, places) }),
    answered: (places, answer) => {
      const found = answer as readonly (Value | undefined)[];
      places.forEach((place, i) => (values[place] = found[i]));
    },
    options: callOptions('getMany', options),
  });
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
  options?: WriteOptions,
): Promise<'ok'> {
  const list = keyList('deleteMany', keys);
  const how = writeRequestOptions('deleteMany', options);
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
