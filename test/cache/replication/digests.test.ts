import { Digests, differingSlots } from '../../../packages/cache/src/replication/comparison/digests';
import { Owners } from '../../../packages/cache/src/replication/owners';
import { keyHash, slotOf } from '../../../packages/cache/src/replication/comparison/key-slot';
import { routingOf, written } from './replica-fixture';

const owners = (self: string, members = ['a@h', 'b@h']): Owners => new Owners(self, 2, routingOf(members));
const digestsOf = (self: string): Digests => new Digests(self, owners(self));
const older = written(1, 1_000);
const newer = written(2, 2_000);

/** The slots in which two nodes that share everything find a difference. */
const differences = (a: Digests, b: Digests): number[] => differingSlots(a.of('b@h')!, b.of('a@h')!);

describe('digests of what two nodes share', () => {
  it('are equal when both have the same, and differ in the slots of what is not', () => {
    const [a, b] = [digestsOf('a@h'), digestsOf('b@h')];
    for (const digests of [a, b]) for (let i = 0; i < 100; i++) digests.changed(i, undefined, older);
    expect(differences(a, b)).toStrictEqual([]);
    a.changed(7, older, newer);
    expect(differences(a, b)).toEqual([slotOf(keyHash(7))]);
    b.changed(7, older, newer);
    a.changed(8, older, undefined);
    expect(differences(a, b)).toEqual([slotOf(keyHash(8))]);
    a.changed(8, undefined, older);
    expect(differences(a, b)).toStrictEqual([]);
  });

  it('count each key once after a change of the owners, also one that is written before it is counted', () => {
    const a = digestsOf('a@h');
    const keys = ['k', 'l', 'm'];
    for (const key of keys) a.changed(key, undefined, older);
    a.recount(keys);
    expect([a.isCounting, a.of('b@h')]).toEqual([true, null]);
    const seen: unknown[] = [];
    const count = (limit: number): boolean =>
      a.countSome(
        limit,
        () => older,
        (key) => void seen.push(key),
      );
    expect([count(1), seen]).toEqual([false, ['k']]);
    a.changed('k', older, newer);
    a.changed('l', older, newer);
    expect([count(1), seen]).toEqual([true, ['k', 'm']]);
    const b = digestsOf('b@h');
    for (const key of ['k', 'l']) b.changed(key, undefined, newer);
    b.changed('m', undefined, older);
    expect(differences(a, b)).toStrictEqual([]);
  });

  it('do not count what is not shared', () => {
    const stranger = new Digests('c@h', owners('c@h', ['a@h', 'b@h', 'c@h']));
    stranger.changed('k', undefined, older);
    expect(stranger.of('a@h')!.every((slot) => slot === 0)).toBe(true);
  });
});
