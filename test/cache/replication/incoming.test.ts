import { Absence } from '../../../packages/cache/src/replication/comparison/absence';
import type { Handoff } from '../../../packages/cache/src/replication/handoff/handoff';
import { Incoming } from '../../../packages/cache/src/replication/incoming';
import { Moved } from '../../../packages/cache/src/replication/handoff/moved';
import { pushRecord, recordAt } from '../../../packages/cache/src/replication/record-code';
import type { StoredKey } from '../../../packages/cache/src/store/stored-key';
import { stampAt } from '../../../packages/cache/src/versions/hybrid-clock';
import { meet, replicaOf, routingOf, wallStart, written } from './replica-fixture';

const members = ['a@h', 'b@h', 'c@h'];

/** @param cutOffMs when the node was cut off for long, in milliseconds from the beginning */
function incoming(cutOffMs?: number) {
  const replica = replicaOf(members, 2);
  const peer = meet(replica, 'b@h');
  const handed: StoredKey[] = [];
  const moved = new Moved(() => replica.time.now);
  const handoff = {
    moved,
    received: () => undefined,
    add: (key: StoredKey) => void handed.push(key),
  } as unknown as Handoff;
  const absence = new Absence('a@h', 1_000);
  absence.update(members, () => true, wallStart);
  if (cutOffMs !== undefined) {
    absence.update(members, () => false, wallStart + cutOffMs);
    absence.update(members, () => true, wallStart + cutOffMs + 1_000);
  }
  const into = new Incoming(replica.context, absence, handoff);
  return { ...replica, peer, handed, into };
}

describe('what a peer writes to a node', () => {
  it('makes what is written there from now on newer', () => {
    const { into, peer, context } = incoming();
    const list: unknown[] = [];
    const late = written(1, 90_000);
    pushRecord(list, 'k', late);
    into.copies(peer, 1, list);
    expect(context.clock.next()).toBeGreaterThan(late.stamp);
  });

  it('is given on if it belongs to others', () => {
    const { into, peer, context, handed } = incoming();
    const list: unknown[] = [];
    pushRecord(list, 'mine', written(1));
    into.copies(peer, 1, list);
    context.owners.change(routingOf(['b@h', 'c@h', 'a@h']), 0);
    list.length = 0;
    pushRecord(list, 'theirs', written(1));
    into.copies(peer, 2, list);
    expect(handed).toEqual(['theirs']);
  });

  it('is answered if somebody waits, with what is newer here', () => {
    const { into, peer, context, sent } = incoming();
    context.store.put('k', written('new', 3_000));
    const list: unknown[] = [];
    pushRecord(list, 'first', written(1));
    pushRecord(list, 'k', written('old', 2_000));
    into.copies(peer, 0, list);
    expect(sent).toStrictEqual([]);
    into.copies(peer, 5, list);
    expect(sent).toEqual([['cache:copied', context.pid, 5, [1, stampAt(wallStart + 3_000)]]]);
  });
});

describe('what a peer asks of a node', () => {
  it('is not told where it may have been deleted while the node was cut off', () => {
    const { into, peer, context, sent } = incoming(2_000);
    context.store.put('old', written(1, 1_999));
    context.store.put('new', written(1, 2_000));
    into.asked(peer, 1, ['old', 'new']);
    const [, , , list] = sent[0] as ['cache:told', unknown, number, unknown[], boolean];
    expect([recordAt(list, 0), recordAt(list, 6)]).toStrictEqual([undefined, context.store.peek('new')]);
  });
});

describe('one who claims keys', () => {
  it('is told whom it has not met, and with which keys this node goes first; nothing, if there is neither', () => {
    const { into, peer, context, sent } = incoming();
    into.claimed(peer, [], []);
    expect(sent).toStrictEqual([]);
    into.claimed(peer, [], ['d@h']);
    into.claimed(peer, ['k'], []);
    const { pid } = context;
    expect(sent).toStrictEqual([
      ['cache:claimed', pid, [], ['d@h']],
      ['cache:claimed', pid, ['k'], []],
    ]);
  });
});
