import { Handoff } from '../../../packages/cache/src/replication/handoff';
import { Outbox } from '../../../packages/cache/src/replication/outbox';
import { meet, replicaOf, written } from './replica-fixture';

describe('what belongs to another node', () => {
  function giving() {
    const replica = replicaOf(['b@h', 'a@h'], 1, 'a@h');
    meet(replica, 'b@h');
    const outbox = new Outbox(replica.context, () => undefined);
    const handoff = new Handoff(replica.context, replica.peers, outbox);
    replica.context.store.put('k', written(1));
    handoff.giveSoon('k');
    outbox.flush();
    return { ...replica, outbox, handoff };
  }

  it('is forgotten when that one has it', () => {
    const { outbox, context } = giving();
    outbox.copied(1, []);
    expect(context.store.recordOf('k')).toBeUndefined();
  });

  it('is kept, and given once more, if that one has given it away to here at the same time', () => {
    const { outbox, handoff, context, sent } = giving();
    handoff.received('k');
    outbox.copied(1, []);
    expect(context.store.recordOf('k')).toMatchObject({ value: 1 });
    outbox.flush();
    outbox.copied(2, []);
    expect(context.store.recordOf('k')).toBeUndefined();
    expect(sent.map(([label]) => label)).toStrictEqual(['cache:copies', 'cache:copies']);
  });
});
