import { Absence } from '../../../packages/cache/src/replication/comparison/absence';
import { Digests } from '../../../packages/cache/src/replication/comparison/digests';
import { slotCount } from '../../../packages/cache/src/replication/comparison/key-slot';
import { SlotIndex } from '../../../packages/cache/src/replication/comparison/slot-index';
import { SyncSource, type Pull } from '../../../packages/cache/src/replication/comparison/sync-source';
import { recordWidth } from '../../../packages/cache/src/replication/record-code';
import type { StoredKey } from '../../../packages/cache/src/store/stored-key';
import type { Version } from '../../../packages/cache/src/versions/version';
import { meet, replicaOf, written } from './replica-fixture';

const members = ['a@h', 'b@h'];
const everySlot = Array.from({ length: slotCount }, (_, slot) => slot);

/** A node that another one asks for all that both share. */
function source(entries: Iterable<[StoredKey, unknown]>) {
  const replica = replicaOf(members, 2);
  const { context, sent } = replica;
  const peer = meet(replica, 'b@h');
  for (const [key, value] of entries) context.store.put(key, written(value));
  const index = new SlotIndex(context.store, context.now);
  const digests = new Digests(context.node, context.owners);
  const from = new SyncSource(context, digests, index, new Absence(context.node, 1_000));
  const pull = (versions = new Map<StoredKey, Version>(), more: Partial<Pull> = {}) => {
    sent.length = 0;
    from.pull(peer, 1, { slots: everySlot, versions, trustsFrom: 0, hasRoom: true, ...more });
    const [, , , records, wanted, absent, hasMore] = sent[0] as unknown as unknown[];
    const keys = (records as StoredKey[]).filter((_, at) => at % recordWidth === 0);
    return { keys, wanted, absent, hasMore };
  };
  return { ...replica, peer, from, pull };
}

const named = (count: number, value: unknown): [StoredKey, unknown][] =>
  Array.from({ length: count }, (_, i) => [`k${String(i)}`, value]);

describe('what is told of what two nodes share', () => {
  it.each([
    ['2,000 records', named(2_500, 1), 2_000],
    ['4 MiB', named(5, 'x'.repeat(1_500_000)), 2],
  ])('comes in parts of at most %s, as long as there is more', (_what, entries, most) => {
    const { context, pull } = source(entries);
    const known = new Map<StoredKey, Version>();
    const sizes: number[] = [];
    for (let hasMore: unknown = true; hasMore === true;) {
      const part = pull(known);
      hasMore = part.hasMore;
      sizes.push(part.keys.length);
      for (const key of part.keys) known.set(key, context.store.versionOf(key)!);
    }
    expect([Math.max(...sizes), known.size]).toEqual([most, entries.length]);
    expect(pull(known)).toEqual({ keys: [], wanted: [], absent: [], hasMore: false });
  });

  it('is what is newer here, and what is wanted of the other: what is newer there, or only there', () => {
    const { pull } = source([
      ['same', 1],
      ['newer here', 1],
      ['newer there', 1],
      ['only here', 1],
    ]);
    const same = written(1);
    const versions = new Map<StoredKey, Version>([
      ['same', same],
      ['newer here', written(1, 500)],
      ['newer there', written(1, 2_000)],
      ['only there', written(1, 3_000)],
      ['deleted meanwhile', written(1, 100)],
    ]);
    const { keys, wanted, absent } = pull(versions, { trustsFrom: written(1, 200).stamp });
    expect(keys.toSorted()).toEqual(['newer here', 'only here']);
    expect((wanted as StoredKey[]).toSorted()).toEqual(['newer there', 'only there']);
    expect(absent).toEqual(['deleted meanwhile']);
    expect(pull(versions, { hasRoom: false }).keys).toEqual(['newer here']);
  });

  it('is asked for by one who copies, until that one has asked for nothing for two seconds', () => {
    const { from, peer, pull, time } = source([]);
    expect(from.isAskedBy(peer)).toBe(false);
    pull();
    time.now += 1_999;
    expect(from.isAskedBy(peer)).toBe(true);
    time.now += 1;
    expect(from.isAskedBy(peer)).toBe(false);
    from.digest(peer, 2);
    expect(from.isAskedBy(peer)).toBe(true);
  });
});
