import { NodeDownError, type NodeName } from '@trestle/runtime';
import type { CacheRequests } from '../../packages/cache/src/client/cache-requests';
import { othersFor } from '../../packages/cache/src/client/many/many-keys';
import { Tries } from '../../packages/cache/src/client/tries';

const error = new NodeDownError('a call', 'a@h', false);

/** Who is asked for keys whose node is gone, by a routing that changes when it has heard of the loss. */
async function others(before: Record<string, NodeName[]>, after = before) {
  let owners = before;
  let waits = 0;
  const routes = {
    node: { clock: { now: () => 0 } },
    comeAndGo: true,
    ownersNow: (key: unknown) => owners[key as string] ?? [],
    lossHeard: () => {
      waits += 1;
      owners = after;
      return Promise.resolve();
    },
  };
  const tries = new Tries(routes, 1_000, 0);
  tries.gone('a@h', error);
  const requests = { nearest: (nodes: NodeName[]) => nodes[0] } as unknown as CacheRequests;
  const keys = Object.keys(before);
  const parcels = await othersFor(requests, keys, tries, [...keys.keys()], error);
  return { parcels: Object.fromEntries(parcels), waits };
}

describe('keys whose node is gone', () => {
  it('are asked of their other owners, and nothing is waited for', async () => {
    await expect(others({ k: ['a@h', 'b@h'], l: ['a@h', 'c@h'], m: ['b@h', 'a@h'] })).resolves.toStrictEqual({
      parcels: { 'b@h': [0, 2], 'c@h': [1] },
      waits: 0,
    });
  });

  it('wait, if one of them has no other owner, until the routing has heard of it, and are asked of the new ones', async () => {
    const before = { k: ['a@h', 'b@h'], l: ['a@h'] };
    await expect(others(before, { k: ['b@h'], l: ['c@h'] })).resolves.toStrictEqual({
      parcels: { 'b@h': [0], 'c@h': [1] },
      waits: 1,
    });
  });

  it('fail with the error of that node if one of them has no owner then', async () => {
    await expect(others({ k: ['a@h', 'b@h'], l: ['a@h'] }, { k: ['b@h'] })).rejects.toBe(error);
  });
});
