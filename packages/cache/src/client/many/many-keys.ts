import { CallTimeoutError, type CallOptions, type NodeName } from '@trestle/runtime';
import { defaultCallTimeoutMs } from '@trestle/runtime/internal';
import type { CacheKey } from '../../terms/cache-key';
import type { CacheCall } from '../../terms/cache-protocol';
import { isGone, type CacheRequests } from '../cache-requests';
import { namedUnsendable } from '../named-unsendable';
import { Tries } from '../tries';

/** What goes to one node: places in the list of keys. */
type Parcels = ReadonlyMap<NodeName, readonly number[]>;

/** What is written of many keys: one message for each node that is asked. */
export interface ManyRequest {
  readonly call: string;
  readonly keys: readonly CacheKey[];
  /** The request for the keys at some places. */
  readonly request: (places: readonly number[]) => CacheCall;
  readonly options?: CallOptions | undefined;
}

/**
 * Asks the owners of many keys at the same time. Keys whose node is gone are asked for at their other owners.
 * @throws as a request for one key; the others may have been handled, and the error says so
 */
export async function askMany(requests: CacheRequests, many: ManyRequest): Promise<void> {
  const owners = many.keys.map((key) => requests.ownersOf(many.call, key));
  const timeoutMs = many.options?.timeoutMs ?? defaultCallTimeoutMs;
  const tries = new Tries(requests, timeoutMs, requests.node.clock.now());
  const places = owners.map((_owners, place) => place);
  const parcels = parcelsOf(requests, places, (place) => owners[place] ?? []);
  await askParcels(requests, many, tries, parcels).catch((error: unknown) => {
    throw tries.told(error);
  });
}

async function askParcels(
  requests: CacheRequests,
  many: ManyRequest,
  tries: Tries,
  parcels: Parcels,
): Promise<void> {
  const ask = async ([node, wanted]: readonly [NodeName, readonly number[]]): Promise<void> => {
    const request = many.request(wanted);
    try {
      await requests.askNode(node, request, { timeoutMs: tries.leftMs });
      tries.done();
    } catch (error) {
      tries.failed(error);
      if (error instanceof CallTimeoutError)
        throw new CallTimeoutError(requests.describe(node, request), tries.timeoutMs);
      if (!isGone(error)) throw namedUnsendable(error, request);
      tries.gone(node, error);
      await askParcels(requests, many, tries, await othersFor(requests, many.keys, tries, wanted, error));
    }
  };
  await endOf(Array.from(parcels, ask), () => tries.isPerhapsDone);
}

/**
 * Ends when all have ended well, or one has failed. While nothing is known to have been done it waits for the others: the error
 * is to say whether that is so.
 */
function endOf(parts: readonly Promise<void>[], mayBeDone: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const errors: unknown[] = [];
    let left = parts.length;
    const look = (): void => {
      if (left > 0 && (errors.length === 0 || !mayBeDone())) return;
      if (errors.length === 0) resolve();
      else reject(errors[0]);
    };
    look();
    for (const part of parts) {
      part
        .catch((error: unknown) => void errors.push(error))
        .finally(() => {
          left -= 1;
          look();
        });
    }
  });
}

/**
 * Whom to ask for keys whose node is gone.
 * @throws the error of that node, if there is nobody for one of them
 */
export async function othersFor(
  requests: CacheRequests,
  keys: readonly CacheKey[],
  tries: Tries,
  places: readonly number[],
  error: unknown,
): Promise<Parcels> {
  if (places.some((place) => tries.untried(keys[place]).length === 0)) await tries.heard();
  return parcelsOf(requests, places, (place) => {
    const owners = tries.ownersAfterLoss(keys[place]);
    if (owners.length === 0) throw error;
    return owners;
  });
}

function parcelsOf(
  requests: CacheRequests,
  places: readonly number[],
  ownersOf: (place: number) => readonly NodeName[],
): Parcels {
  const parcels = new Map<NodeName, number[]>();
  for (const place of places) {
    const node = requests.nearest(ownersOf(place));
    const parcel = parcels.get(node);
    if (parcel === undefined) parcels.set(node, [place]);
    else parcel.push(place);
  }
  return parcels;
}
