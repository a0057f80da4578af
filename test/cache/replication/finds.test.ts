import { Claims } from '../../../packages/cache/src/replication/lookups/claims';
import { Finds } from '../../../packages/cache/src/replication/lookups/finds';
import { Questions } from '../../../packages/cache/src/replication/lookups/questions';
import { Patience } from '../../../packages/cache/src/replication/patience';
import { pushNothing } from '../../../packages/cache/src/replication/record-code';
import { lose, meet, replicaOf } from './replica-fixture';

/** A node that claims keys of two others. */
function claiming() {
  const replica = replicaOf(['a@h', 'b@h', 'c@h'], 3);
  const { context, peers, sent } = replica;
  const [b, c] = [meet(replica, 'b@h'), meet(replica, 'c@h')];
  const questions = new Questions(context, peers, new Patience(context, peers));
  const claims = new Claims(context.node, context.owners, peers);
  const finds = new Finds(context, questions, claims, peers, { drains: false });
  /** What is asked now, as the numbers of the questions. */
  const asked = (): unknown[] => {
    sent.length = 0;
    questions.flush();
    return sent.map(([, , number]) => number);
  };
  const tellNothing = (number: unknown): void => {
    const list: unknown[] = [];
    pushNothing(list, 'k');
    questions.told(number as number, list, true);
  };
  let ends = 0;
  finds.consult('k', false, () => (ends += 1));
  return { ...replica, b, c, questions, claims, finds, asked, tellNothing, ended: () => ends };
}

describe('a key that is claimed', () => {
  it('is asked for once if all have answered', () => {
    const { asked, tellNothing, ended } = claiming();
    for (const number of asked()) tellNothing(number);
    expect([ended(), asked()]).toStrictEqual([1, []]);
  });

  it('is asked for once more if one has gone that had not answered: what it had may be elsewhere by now', () => {
    const all = claiming();
    const [ofB] = all.asked();
    all.tellNothing(ofB);
    lose(all, all.c);
    all.questions.left(all.c);
    expect(all.ended()).toBe(0);
    const again = all.asked();
    expect(again).toHaveLength(1);
    all.tellNothing(again[0]);
    expect(all.ended()).toBe(1);
  });

  it('is asked for once more if another one went first meanwhile, and has given it back', () => {
    const { asked, tellNothing, ended, claims, b } = claiming();
    const [ofB, ofC] = asked();
    claims.goesFirst(b, ['k']);
    claims.handedOn('k', b.node);
    tellNothing(ofB);
    tellNothing(ofC);
    expect(ended()).toBe(0);
    for (const number of asked()) tellNothing(number);
    expect(ended()).toBe(1);
  });
});

it('nobody is asked to read or to claim a key before it is known who the members are', async () => {
  const { questions, finds, sent } = claiming();
  questions.flush();
  sent.length = 0;
  let know = (): void => undefined;
  questions.holdUntil(new Promise<void>((resolve) => (know = resolve)));
  finds.find('to read', () => undefined);
  finds.consult('to claim', false, () => undefined);
  questions.flush();
  expect(sent).toStrictEqual([]);
  know();
  await new Promise((resolve) => setImmediate(resolve));
  questions.flush();
  expect(sent.map(([type]) => type)).toStrictEqual(['cache:ask', 'cache:ask', 'cache:claim', 'cache:claim']);
});
