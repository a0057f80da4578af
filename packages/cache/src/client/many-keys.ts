import type { CallOptions, NodeName } from '@trestle/runtime';
import type { CacheKey } from '../cache-key';
import type { CacheCall } from '../cache-protocol';
import { isGone, type CacheRequests } from '../cache-requests';

/** What goes to one node: places in the list of keys. */
type Parcels = ReadonlyMap<NodeName, readonly number[]>;

/** A request for many keys: one message for each node that is asked. */
export interface ManyRequest {
  readonly call: string;
  readonly keys: readonly CacheKey[];
  /** The request for the keys at some places. */
  readonly request: (places: readonly number[]) => CacheCall;
  /** What one node has answered. */
  readonly answered?: (places: readonly number[], answer: unknown) => void;
  readonly options?: CallOptions | undefined;
}

/**
 * Asks the owners of many keys at the same time. Keys whose node is gone are asked for at their other owners.
 * @throws as a request for one key; the others may have been handled
 */
export async function askMany(requests: CacheRequests, many: ManyRequest): Promise<void> {
  const owners = many.keys.map((key) => requests.ownersOf(many.call, key));
  const places = owners.map((_owners, place) => place);
  await askPlaces(requests, many, owners, places);
}

async function askPlaces(
  requests: CacheRequests,
  many: ManyRequest,
  owners: readonly (readonly NodeName[])[],
  places: readonly number[],
): Promise<void> {
  const parcels = parcelsOf(requests, owners, places);
  const ask = async ([node, wanted]: readonly [NodeName, readonly number[]]): Promise<void> => {
    try {
      const answer = await requests.askNode(node, many.request(wanted), many.options);
      many.answered?.(wanted, answer);
    } catch (error) {
      const left = owners.map((of) => of.filter((owner) => owner !== node));
      if (!isGone(error) || wanted.some((place) => left[place]?.length === 0)) throw error;
      await askPlaces(requests, many, left, wanted);
    }
  };
  await Promise.all(Array.from(parcels, ask));
}

function parcelsOf(
  requests: CacheRequests,
  owners: readonly (readonly NodeName[])[],
  places: readonly number[],
): Parcels {
  const parcels = new Map<NodeName, number[]>();
  for (const place of places) {
    const node = requests.nearest(owners[place] ?? []);
    const parcel = parcels.get(node);
    if (parcel === undefined) parcels.set(node, [place]);
    else parcel.push(place);
  }
  return parcels;
}
