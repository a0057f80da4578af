import { Outbox } from '../../../packages/cache/src/replication/writes/outbox';
import type { Patience } from '../../../packages/cache/src/replication/patience';
import { PendingWrite } from '../../../packages/cache/src/replication/writes/pending-write';
import { noRoom, recordWidth } from '../../../packages/cache/src/replication/record-code';
import { meet, noteEnd, replicaOf, written } from './replica-fixture';

/** A node with one other, and a write of one copy to it. */
function outbox() {
  const replica = replicaOf(['a@h', 'b@h'], 2);
  const peer = meet(replica, 'b@h');
  const outdated: number[] = [];
  const box = new Outbox(replica.context, (_write, stamp) => void outdated.push(stamp));
  const { end, ends } = noteEnd();
  const add = (key: string): void => {
    const what = { key, record: written(key), concern: 'all', attempt: 1 } as const;
    box.add(peer, key, what.record, new PendingWrite(what, 1, 0, 1, end));
  };
  return { ...replica, peer, box, add, ends, outdated };
}

const failure = { code: 'ERR_CACHE_WRITE', mayHaveBeenHandled: true };

describe('what waits to be sent to a peer', () => {
  it('travels together, in messages of 500 at most', () => {
    const { box, add, sent } = outbox();
    for (let i = 0; i < 501; i++) add(`k${String(i)}`);
    expect(sent.map((message) => (message[3] as unknown[]).length / recordWidth)).toEqual([500]);
    box.flush();
    expect(sent.map((message) => (message[3] as unknown[]).length / recordWidth)).toEqual([500, 1]);
  });

  it('is lost with the peer, whether it was sent or not', () => {
    const { box, add, ends, peer } = outbox();
    add('sent');
    box.flush();
    add('waiting');
    box.left(peer);
    expect(ends).toEqual([expect.objectContaining(failure), expect.objectContaining(failure)]);
    expect(box.isWaiting).toBe(false);
  });

  it('is lost when it is not answered in time', () => {
    const { box, add, ends, time } = outbox();
    const patience = { isOver: (_peer: unknown, at: number) => time.now - at > 100 } as unknown as Patience;
    add('k');
    box.flush();
    time.now += 100;
    box.loseLate(patience);
    expect([ends, box.isWaiting]).toEqual([[], true]);
    time.now += 1;
    box.loseLate(patience);
    expect([ends, box.isWaiting]).toEqual([[expect.objectContaining(failure)], false]);
  });

  it('is reported each by itself: kept, outdated, or without room; and an answer that comes twice counts once', () => {
    const { box, add, ends, outdated } = outbox();
    for (const key of ['kept', 'outdated', 'full']) add(key);
    box.flush();
    box.copied(1, [1, 77, 2, noRoom]);
    box.copied(1, []);
    expect(outdated).toEqual([77]);
    expect(ends).toEqual(['ok', expect.objectContaining({ code: 'ERR_CACHE_FULL', node: 'b@h' })]);
  });
});
