import { Handoff } from '../../../packages/cache/src/replication/handoff/handoff';
import { Outbox } from '../../../packages/cache/src/replication/writes/outbox';
import { recordWidth } from '../../../packages/cache/src/replication/record-code';
import { meet, replicaOf, written } from './replica-fixture';

describe('what belongs to other nodes', () => {
  /** @param there which of the owners are there */
  function giving(owners = ['b@h'], there = ['b@h']) {
    const replica = replicaOf([...owners, 'a@h'], owners.length, 'a@h');
    for (const owner of there) meet(replica, owner);
    const { context, peers } = replica;
    const outbox = new Outbox(context, () => undefined);
    const handoff = new Handoff(context, peers, outbox);
    context.store.put('k', written(1));
    handoff.giveSoon('k');
    outbox.flush();
    const taken = (number: number): unknown => {
      outbox.copied(number, []);
      return context.store.recordOf('k');
    };
    const giveAgain = (): void => {
      handoff.retry();
      outbox.flush();
    };
    return { ...replica, outbox, handoff, taken, giveAgain };
  }

  it('is forgotten when they have it, and whoever asks is told that it was here a moment ago', () => {
    const { taken, handoff } = giving();
    expect(taken(1)).toBeUndefined();
    expect(handoff.moved.stampOf('k')).toBe(written(1).stamp);
  });

  it('is kept, and given once more, if one has given it away to here at the same time', () => {
    const { outbox, handoff, taken, sent } = giving();
    handoff.received('k');
    expect(taken(1)).toMatchObject({ value: 1 });
    outbox.flush();
    expect(taken(2)).toBeUndefined();
    expect(sent.map(([label]) => label)).toStrictEqual(['cache:copies', 'cache:copies']);
  });

  it('is kept, and given once more, if it was written anew while it was given away', () => {
    const { outbox, context, taken } = giving();
    context.store.put('k', written(2, 2_000));
    expect(taken(1)).toMatchObject({ value: 2 });
    outbox.flush();
    expect(taken(2)).toBeUndefined();
  });

  it('is kept while one of its owners is missing, and given to all when that one has come', () => {
    const all = giving(['b@h', 'c@h']);
    expect(all.taken(1)).toMatchObject({ value: 1 });
    meet(all, 'c@h');
    all.giveAgain();
    expect(all.taken(2)).toMatchObject({ value: 1 });
    expect(all.taken(3)).toBeUndefined();
  });

  it('is kept while none of its owners is there, and given when one has come', () => {
    const all = giving(['b@h'], []);
    expect(all.context.store.recordOf('k')).toMatchObject({ value: 1 });
    meet(all, 'b@h');
    all.giveAgain();
    expect(all.taken(1)).toBeUndefined();
  });

  it('is kept when nobody knows whether it came there, and given again', () => {
    const { outbox, peers, taken, giveAgain, context } = giving();
    outbox.left(peers.get('b@h')!);
    expect(context.store.recordOf('k')).toMatchObject({ value: 1 });
    giveAgain();
    expect(taken(2)).toBeUndefined();
  });

  it('is given once, however often it is to be given meanwhile', () => {
    const { outbox, handoff, sent } = giving();
    handoff.giveSoon('k');
    outbox.flush();
    expect(sent.map((message) => (message[3] as unknown[]).length / recordWidth)).toStrictEqual([1]);
  });
});
