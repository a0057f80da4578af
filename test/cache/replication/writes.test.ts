import { Clearing } from '../../../packages/cache/src/replication/clearing';
import { Handoff } from '../../../packages/cache/src/replication/handoff/handoff';
import { Outbox } from '../../../packages/cache/src/replication/writes/outbox';
import { Patience } from '../../../packages/cache/src/replication/patience';
import { onlyOnce } from '../../../packages/cache/src/replication/writes/pending-write';
import { recordAt, keyAt } from '../../../packages/cache/src/replication/record-code';
import { Writes } from '../../../packages/cache/src/replication/writes/writes';
import { stampAt } from '../../../packages/cache/src/versions/hybrid-clock';
import { lose, meet, noteEnd, replicaOf, routingOf, wallStart, written } from './replica-fixture';

const members = ['a@h', 'b@h', 'c@h'];
const far = stampAt(wallStart + 60_000);

describe('a write to all copies', () => {
  it('waits for owners that may answer any moment, and fails, with nothing written, when they do not', () => {
    const { context, peers } = replicaOf(members, 3);
    const writes = new Writes(context, peers, () => undefined);
    const { end, ends } = noteEnd();
    peers.meetAll();
    writes.write('k', written(1), 'quorum', end);
    expect(ends).toStrictEqual([]);
    peers.expected.look();
    peers.expected.look();
    writes.retry();
    expect(ends).toEqual([
      expect.objectContaining({ code: 'ERR_CACHE_WRITE', wanted: 2, written: 1, mayHaveBeenHandled: false }),
    ]);
    expect(context.store.size).toBe(0);
  });

  it('goes on when those that it has waited for have come', () => {
    const replica = replicaOf(members, 3);
    const writes = new Writes(replica.context, replica.peers, () => undefined);
    const { end, ends } = noteEnd();
    replica.peers.meetAll();
    writes.write('k', written(1), 'quorum', end);
    meet(replica, 'b@h');
    writes.retry();
    writes.outbox.flush();
    writes.outbox.copied(1, []);
    expect(ends).toEqual(['ok']);
  });

  it('is written again above a newer version, and may have been handled if that fails', () => {
    const replica = replicaOf(members, 3);
    const b = meet(replica, 'b@h');
    const writes = new Writes(replica.context, replica.peers, () => undefined);
    const { end, ends } = noteEnd();
    writes.write('k', written(1), 'quorum', end);
    writes.outbox.flush();
    lose(replica, b);
    writes.outbox.copied(1, [0, far]);
    expect(replica.context.clock.next()).toBeGreaterThan(far);
    expect(ends).toEqual([expect.objectContaining({ code: 'ERR_CACHE_WRITE', mayHaveBeenHandled: true })]);
  });

  it('counts as written where a newer version is known, if it is not the last here either', () => {
    const replica = replicaOf(members, 3);
    meet(replica, 'b@h');
    const writes = new Writes(replica.context, replica.peers, () => undefined);
    const { end, ends } = noteEnd();
    writes.write('k', written(1), 'quorum', end);
    writes.outbox.flush();
    replica.context.store.put('k', written(2, 2_000));
    writes.outbox.copied(1, [0, stampAt(wallStart + 2_000)]);
    writes.outbox.flush();
    expect([ends, replica.sent.length]).toEqual([['ok'], 1]);
    expect(replica.context.store.peek('k')?.value).toBe(2);
  });
});

describe('a write that misses an owner who was lost a moment ago, while members come and go', () => {
  /** Of a, b and c the first two are owners, and b is lost. */
  function afterLoss() {
    const made = replicaOf(members, 2);
    const replica = {
      ...made,
      context: { ...made.context, options: { ...made.context.options, comeAndGo: true } },
    };
    const b = meet(replica, 'b@h');
    meet(replica, 'c@h');
    const writes = new Writes(replica.context, replica.peers, () => undefined);
    lose(replica, b);
    writes.left(b);
    return { ...replica, writes, patience: new Patience(replica.context, replica.peers), ...noteEnd() };
  }

  it('waits until the routing names others, and goes to them', () => {
    const { context, writes, sent, end, ends } = afterLoss();
    writes.write('k', written(1), 'all', end);
    expect([ends, context.store.size]).toStrictEqual([[], 0]);
    context.owners.change(routingOf(['a@h', 'c@h']), 0);
    writes.retry();
    writes.outbox.flush();
    writes.outbox.copied(1, []);
    expect([ends, sent.length, context.store.peek('k')?.value]).toStrictEqual([['ok'], 1, 1]);
  });

  it('does not undo what came here while it waited', () => {
    const { context, writes, end } = afterLoss();
    writes.write('k', written(1), 'all', end);
    context.store.put('k', written(2, 2_000));
    context.owners.change(routingOf(['a@h', 'c@h']), 0);
    writes.retry();
    expect(context.store.peek('k')?.value).toBe(2);
  });

  it('fails, with nothing written, when the routing names nobody else for two seconds', () => {
    const { context, writes, patience, end, ends } = afterLoss();
    writes.write('k', written(1), 'all', end);
    for (let looks = 0; looks < 2; looks++) writes.look(patience);
    writes.retry();
    expect(ends).toEqual([
      expect.objectContaining({ code: 'ERR_CACHE_WRITE', wanted: 2, written: 1, mayHaveBeenHandled: false }),
    ]);
    expect(context.store.size).toBe(0);
  });

  it('fails at once, with nothing written, if it was made of what was there', () => {
    const { context, writes, end, ends } = afterLoss();
    writes.write('k', written(1), 'all', end, onlyOnce);
    expect(ends).toEqual([expect.objectContaining({ code: 'ERR_CACHE_WRITE', mayHaveBeenHandled: false })]);
    expect(context.store.size).toBe(0);
  });
});

describe('a clearing that is heard of', () => {
  it('is before all that is written from then on, though its clock was ahead', () => {
    const { context, peers } = replicaOf(members, 3);
    new Clearing(context, peers).heard(far);
    expect(context.clock.next()).toBeGreaterThan(far);
  });
});

describe('what belongs to other nodes', () => {
  /** A node that owns nothing, and two owners. */
  function handoff() {
    const replica = replicaOf(members, 2);
    replica.context.owners.change(routingOf(['b@h', 'c@h', 'a@h']), 0);
    const outbox = new Outbox(replica.context, (write) => {
      write.copied();
    });
    const given = new Handoff(replica.context, replica.peers, outbox);
    return { ...replica, store: replica.context.store, outbox, handoff: given };
  }
  const copied = ({ outbox }: { outbox: Outbox }, ...numbers: number[]): void => {
    for (const number of numbers) outbox.copied(number, []);
  };

  it('is forgotten when all of its owners have it, and not before', () => {
    const all = handoff();
    all.store.put('k', written(1));
    all.handoff.add('k');
    all.handoff.pump();
    all.outbox.flush();
    // Nobody is there: it waits.
    expect([all.sent, all.store.size]).toEqual([[], 1]);
    meet(all, 'b@h');
    all.handoff.retry();
    all.outbox.flush();
    copied(all, 1);
    expect([all.sent.length, all.store.size]).toEqual([1, 1]);
    meet(all, 'c@h');
    all.handoff.retry();
    all.outbox.flush();
    copied(all, 2);
    expect(all.store.size).toBe(1);
    copied(all, 3);
    expect(all.store.size).toBe(0);
  });

  it('is given again if it was written meanwhile, or what was sent is lost', () => {
    const all = handoff();
    const [b] = [meet(all, 'b@h'), meet(all, 'c@h')];
    all.store.put('k', written(1));
    all.handoff.add('k');
    all.handoff.pump();
    all.outbox.flush();
    all.store.put('k', written(2, 2_000));
    copied(all, 1, 2);
    all.outbox.flush();
    const values = all.sent.map((message) => {
      const list = message[3] as unknown[];
      return [keyAt(list, 0), (recordAt(list, 0) as { value?: unknown }).value];
    });
    expect(values).toEqual([
      ['k', 1],
      ['k', 1],
      ['k', 2],
      ['k', 2],
    ]);
    all.outbox.left(b);
    all.handoff.retry();
    all.outbox.flush();
    expect(all.sent).toHaveLength(6);
    expect(all.store.size).toBe(1);
  });

  it('and what does not is given away by a node that leaves, which is told how much when all is answered', () => {
    const all = handoff();
    for (const node of ['b@h', 'c@h']) meet(all, node);
    for (const key of ['k', 'l']) all.store.put(key, written(key));
    const told: number[] = [];
    all.handoff.drain((count) => told.push(count));
    all.outbox.flush();
    copied(all, 1);
    expect([told, all.handoff.isBusy]).toEqual([[], true]);
    copied(all, 2);
    expect([told, all.store.size]).toEqual([[2], 0]);
  });
});

describe('a write that an answer comes for twice', () => {
  it('counts it once', () => {
    const replica = replicaOf(members, 3);
    for (const node of ['b@h', 'c@h']) meet(replica, node);
    const { end, ends } = noteEnd();
    const writes = new Writes(replica.context, replica.peers, () => undefined);
    writes.write('k', written(1), 'all', end);
    writes.outbox.flush();
    for (const number of [1, 1, 1]) writes.outbox.copied(number, []);
    expect(ends).toStrictEqual([]);
    writes.outbox.copied(2, []);
    expect(ends).toEqual(['ok']);
  });
});
