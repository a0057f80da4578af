import { rendezvous, type Routing } from '@trestle/cluster';
import fc from 'fast-check';
import { mix } from '../../../packages/cluster/src/routing/mix';

const slotCount = 4_096;

/** A hash in each of the slots. */
const hashes = ((): readonly number[] => {
  const bySlot = new Map<number, number>();
  for (let hash = 0; bySlot.size < slotCount; hash++) bySlot.set(mix(hash) >>> 20, hash);
  return [...bySlot.values()];
})();

function slotsOf(routing: Routing): number[] {
  const owners = hashes.map((hash) => routing.owners(hash, 1)[0]);
  return routing.members.map((member) => owners.filter((owner) => owner === member).length);
}

const members = fc.uniqueArray(
  fc.stringMatching(/^[a-z0-9_]{1,12}$/).map((name) => `${name}@h`),
  { minLength: 1, maxLength: 8 },
);

describe('rendezvous with a bound', () => {
  it('gives no member a slot more than it may have, by its weight, and leaves none without an owner', () => {
    const weights = fc.array(fc.constantFrom(0.5, 1, 3), {
      minLength: 8,
      maxLength: 8,
    });
    const loads = fc.constantFrom(1, 1.05, 1.3);
    fc.assert(
      fc.property(members, weights, loads, (unsorted, heavy, maxLoad) => {
        const byName = Object.fromEntries(unsorted.map((member, i) => [member, heavy[i]!]));
        const routing = rendezvous({ weights: byName, maxLoad }).route(unsorted);
        const sum = routing.members.reduce((total, member) => total + byName[member]!, 0);
        const counts = slotsOf(routing);
        counts.forEach((count, i) => {
          const share = byName[routing.members[i]!]! / sum;
          expect(count).toBeLessThanOrEqual(Math.ceil(maxLoad * slotCount * share + 1e-6));
        });
        expect(counts.reduce((total, count) => total + count, 0)).toBe(slotCount);
      }),
      { numRuns: 25 },
    );
  });

  it('takes from the best of a key only what is too much: with much room it routes as without a bound', () => {
    const names = ['a@h', 'b@h', 'c@h', 'd@h', 'e@h'];
    const [free, bounded] = [rendezvous(), rendezvous({ maxLoad: 5 })].map((one) =>
      slotsOf(one.route(names)),
    );
    const room = Math.ceil((1.25 * slotCount) / names.length);
    expect(Math.max(...free!)).toBeLessThan(room);
    expect(slotsOf(rendezvous({ maxLoad: 1.25 }).route(names))).toStrictEqual(bounded);
  });
});
