import type { Lookups } from '../../../packages/cache/src/replication/lookups/lookups';
import { Patience } from '../../../packages/cache/src/replication/patience';
import { pushNothing, pushRecord } from '../../../packages/cache/src/replication/record-code';
import { Questions } from '../../../packages/cache/src/replication/lookups/questions';
import type { CacheRecord } from '../../../packages/cache/src/store/entry';
import { stampAt } from '../../../packages/cache/src/versions/hybrid-clock';
import { lose, meet, replicaOf, wallStart, written } from './replica-fixture';

/** What a node asks the other owners of keys. */
function asking(
  { context, peers }: Pick<ReturnType<typeof replicaOf>, 'context' | 'peers'>,
  label: 'cache:ask' | 'cache:claim' = 'cache:ask',
): Lookups {
  const questions = new Questions(context, peers, new Patience(context, peers));
  return label === 'cache:ask' ? questions.toRead : questions.toClaim;
}

/** A node that asks two others. */
function lookups(label?: 'cache:ask' | 'cache:claim') {
  const replica = replicaOf(['a@h', 'b@h', 'c@h'], 3);
  const [b, c] = [meet(replica, 'b@h'), meet(replica, 'c@h')];
  const lookup = asking(replica, label);
  const found: [value: unknown, answers: number, silent: readonly string[]][] = [];
  const find = (key = 'k'): void => {
    lookup.find(key, (record, { answers, silent }) => {
      found.push([(record as { value?: unknown } | undefined)?.value, answers, silent]);
    });
  };
  const tell = (number: number, record: CacheRecord | undefined, isLast = true, key = 'k'): void => {
    const list: unknown[] = [];
    if (record === undefined) pushNothing(list, key);
    else pushRecord(list, key, record);
    lookup.told(number, list, isLast);
  };
  return { ...replica, b, c, lookup, find, tell, found };
}

const [older, newer] = [written('older', 1_000), written('newer', 2_000)];

describe('a key that others are asked for', () => {
  it.each([
    ['first', newer, older],
    ['last', older, newer],
  ])('is the newest that is told, also if that comes %s', (_when, first, second) => {
    const { lookup, find, tell, found, sent } = lookups();
    find();
    find();
    lookup.flush();
    expect(sent.map(([label]) => label)).toEqual(['cache:ask', 'cache:ask']);
    tell(1, first);
    expect(found).toStrictEqual([]);
    tell(2, second);
    expect(found).toEqual([
      ['newer', 2, []],
      ['newer', 2, []],
    ]);
  });

  it('is older than what is written afterwards, though the clock here is behind', () => {
    const { lookup, find, tell, context } = lookups();
    find();
    lookup.flush();
    const late = written('late', 90_000);
    tell(1, late);
    expect(context.clock.next()).toBeGreaterThan(late.stamp);
  });

  it('is told once: an answer that nobody waits for, or that comes twice, changes nothing', () => {
    const { lookup, find, tell, found } = lookups();
    tell(7, newer);
    find();
    lookup.flush();
    for (const number of [1, 1, 2, 2]) tell(number, older);
    expect(found).toEqual([['older', 2, []]]);
  });

  it('is nothing if it was cleared before the answer came', () => {
    const { lookup, find, tell, found, context } = lookups();
    find();
    lookup.flush();
    context.store.clearUntil(stampAt(wallStart + 1_500));
    tell(1, older);
    tell(2, undefined);
    expect(found).toStrictEqual([[undefined, 2, []]]);
  });

  it('is told although those who were to be asked, or were asked, are gone', () => {
    const all = lookups();
    all.find();
    lose(all, all.b);
    all.lookup.left(all.b);
    all.lookup.flush();
    lose(all, all.c);
    all.lookup.left(all.c);
    expect(all.found).toStrictEqual([[undefined, 0, []]]);
  });

  it('is told with it that one has gone that had not answered: what it had may be elsewhere by now', () => {
    const all = lookups();
    const heard: boolean[] = [];
    for (const key of ['k', 'l']) all.lookup.find(key, (_record, { hasLost }) => heard.push(hasLost));
    all.lookup.flush();
    all.tell(1, older, false);
    all.tell(2, older, false);
    expect(heard).toStrictEqual([false]);
    all.tell(1, older, true, 'l');
    all.lookup.left(all.c);
    expect(heard).toStrictEqual([false, true]);
  });

  it('is waited for from the others though one that had answered for it goes before it has told all', () => {
    const all = lookups();
    all.find();
    all.find('l');
    all.lookup.flush();
    all.tell(2, older, false);
    all.lookup.left(all.c);
    expect(all.found).toStrictEqual([]);
    all.tell(1, newer, false);
    expect(all.found).toStrictEqual([['newer', 2, []]]);
  });

  it('is asked again of those who have told all, however long ago that was', () => {
    const { lookup, find, tell, time, sent } = lookups();
    find();
    lookup.flush();
    for (const number of [1, 2]) tell(number, older);
    time.now += 3_000;
    lookup.giveUpLate();
    sent.length = 0;
    find();
    lookup.flush();
    expect(sent).toHaveLength(2);
  });

  it('is told with the newest stamp that one of those who were asked has given away', () => {
    const { lookup } = lookups();
    const moved: number[] = [];
    lookup.find('k', (_record, heard) => moved.push(heard.moved));
    lookup.flush();
    for (const [number, stamp] of [
      [1, newer.stamp],
      [2, older.stamp],
    ] as const) {
      const list: unknown[] = [];
      pushNothing(list, 'k', stamp);
      lookup.told(number, list, true);
    }
    expect(moved).toStrictEqual([newer.stamp]);
  });

  it('is waited for as long as parts of the answer come, and names who says nothing', () => {
    const { lookup, find, tell, found, time, c } = lookups();
    find('other');
    find();
    lookup.flush();
    time.now += 1_500;
    tell(1, older, false, 'other');
    time.now += 1_500;
    lookup.giveUpLate();
    expect(found).toEqual([['older', 1, [c.node]]]);
    tell(1, newer);
    expect(found[1]).toEqual(['newer', 1, [c.node]]);
  });

  it('is asked of nobody who was waited for in vain, until something comes from there', () => {
    const { lookup, find, tell, found, time, sent, b, c, bytesFrom } = lookups();
    find();
    lookup.flush();
    time.now += 3_000;
    tell(1, older);
    lookup.giveUpLate();
    expect(found).toEqual([['older', 1, [c.node]]]);
    sent.length = 0;
    find();
    lookup.flush();
    expect(sent).toHaveLength(1);
    tell(3, newer);
    expect(found[1]).toEqual(['newer', 1, [c.node]]);
    bytesFrom.set(c.node, 1);
    find();
    lookup.flush();
    expect(sent).toHaveLength(3);
    tell(4, older);
    tell(5, newer);
    expect(found[2]).toEqual(['newer', 2, []]);
    expect(b.node).not.toBe(c.node);
  });

  it('fails at once if all who could be asked were waited for in vain', () => {
    const { lookup, find, found, time, b, c } = lookups();
    find();
    lookup.flush();
    time.now += 3_000;
    lookup.giveUpLate();
    find();
    const nobody = [undefined, 0, [b.node, c.node]];
    expect(found).toEqual([nobody, nobody]);
  });

  it('is claimed of those who are silent too, for when they read again', () => {
    const { lookup, find, found, time, sent } = lookups('cache:claim');
    find();
    lookup.flush();
    time.now += 3_000;
    lookup.giveUpLate();
    sent.length = 0;
    find();
    expect(found).toHaveLength(2);
    expect(sent.map(([label, , , keys]) => [label, keys])).toEqual([
      ['cache:claim', ['k']],
      ['cache:claim', ['k']],
    ]);
  });

  it('waits to be asked for until those who were greeted have answered, or will not any more', () => {
    const { context, peers, sent } = replicaOf(['a@h', 'b@h'], 2);
    const lookup = asking({ context, peers });
    const found: unknown[] = [];
    peers.meetAll();
    lookup.find('k', (record) => found.push(record));
    lookup.flush();
    expect([sent.map(([label]) => label), found]).toEqual([['cache:hello'], []]);
    peers.expected.look();
    peers.expected.look();
    lookup.retry();
    expect(found).toStrictEqual([undefined]);
  });

  it('waits to be asked for until it is known who the members are', async () => {
    const { lookup, find, found, sent } = lookups();
    let know = (): void => undefined;
    const held = lookup.holdUntil(new Promise<void>((resolve) => (know = resolve)));
    find();
    lookup.flush();
    expect([sent, found]).toEqual([[], []]);
    know();
    await held;
    lookup.flush();
    expect(sent).toHaveLength(2);
  });
});
