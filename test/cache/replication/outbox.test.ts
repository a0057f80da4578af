import { UnsendableError, type Pid } from '@trestle/runtime';
import type { PeerMessage } from '../../../packages/cache/src/replication/peer-message';
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

  it('travels in as many messages as its bytes need: about 4 MiB in each, if it is more than one record', () => {
    const { box, add, sent } = outbox();
    for (const length of [1, 2, 3, 0.5]) add('x'.repeat(length * 1024 * 1024));
    box.flush();
    expect(sent.map((message) => (message[3] as unknown[]).length / recordWidth)).toEqual([2, 2]);
  });

  it('travels each by itself if it cannot together, and who waits for one that travels hears of it', () => {
    const { box, add, ends, context, sent } = outbox();
    const { send } = context;
    Object.assign(context, {
      send: (to: Pid, message: PeerMessage) => {
        const records = message[3] as unknown[];
        if (records.includes('cannot')) throw new UnsendableError('value', 'a function');
        send(to, message);
      },
    });
    for (const key of ['first', 'cannot', 'last']) add(key);
    box.flush();
    const numbers = sent.map((message) => message[2] as number);
    expect(numbers.filter((number) => number > 0)).toHaveLength(2);
    for (const number of numbers) box.copied(number, []);
    expect(ends).toEqual([expect.objectContaining({ code: 'ERR_UNSENDABLE' }), 'ok', 'ok']);
    expect(box.isWaiting).toBe(false);
  });
});
