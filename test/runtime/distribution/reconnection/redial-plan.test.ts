import fc from 'fast-check';
import {
  nothingToRedial,
  stepRedial,
  type RedialEffect,
  type RedialEvent,
  type RedialPlan,
} from '../../../../packages/runtime/src/distribution/reconnection/redial-plan';

const waiting = { redial: { minMs: 100, maxMs: 1_000, giveUpMs: 5_000 }, chance: 1, now: 0 };

/** Follows a plan through events. */
function follow(events: readonly RedialEvent[]): {
  readonly plan: RedialPlan;
  readonly effects: readonly (RedialEffect | undefined)[];
} {
  let plan = nothingToRedial;
  const effects = events.map((event) => {
    const step = stepRedial(plan, event, waiting);
    plan = step.plan;
    return step.effect;
  });
  return { plan, effects };
}

const node = 'a@h';

describe('a plan of redials', () => {
  it('waits twice as long after each dial that fails, up to the limit', () => {
    const events: RedialEvent[] = [{ type: 'lost', node, creation: 1 }];
    for (let attempt = 1; attempt < 7; attempt++) {
      events.push({ type: 'due', node, attempt }, { type: 'failed', node, attempt });
    }
    const waits = follow(events).effects.flatMap((effect) => (effect?.type === 'wait' ? effect.delayMs : []));
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000]);
  });

  it('begins with the short wait again when the node was back in the meantime', () => {
    const { effects } = follow([
      { type: 'lost', node, creation: 1 },
      { type: 'due', node, attempt: 1 },
      { type: 'failed', node, attempt: 1 },
      { type: 'settled', node },
      { type: 'lost', node, creation: 1 },
    ]);
    expect(effects.at(-1)).toEqual({ type: 'wait', node, attempt: 1, delayMs: 100 });
  });

  it('leaves a part of each wait to chance', () => {
    const delayOf = (chance: number): unknown =>
      stepRedial(nothingToRedial, { type: 'lost', node, creation: 1 }, { ...waiting, chance }).effect;
    expect(delayOf(0)).toMatchObject({ delayMs: 50 });
    expect(delayOf(0.5)).toMatchObject({ delayMs: 75 });
  });

  it('forgets a node that is connected or to be left alone, and ends its wait', () => {
    const { plan, effects } = follow([
      { type: 'lost', node, creation: 1 },
      { type: 'settled', node },
      { type: 'settled', node },
      { type: 'due', node, attempt: 1 },
    ]);
    expect(plan.size).toBe(0);
    expect(effects.slice(1)).toStrictEqual([{ type: 'cancel', node }, undefined, undefined]);
  });

  it('is not moved by what comes too late', () => {
    const { effects } = follow([
      { type: 'lost', node, creation: 1 },
      { type: 'lost', node, creation: 1 },
      { type: 'due', node, attempt: 1 },
      { type: 'failed', node, attempt: 1 },
      { type: 'due', node, attempt: 2 },
      { type: 'due', node, attempt: 2 },
    ]);
    expect(effects.map((effect) => effect?.type)).toStrictEqual([
      'wait',
      'wait',
      undefined,
      undefined,
      'dial',
      undefined,
    ]);
  });

  it('does not take the end of a former dial for that of the one under way', () => {
    const { effects } = follow([
      { type: 'lost', node, creation: 1 },
      { type: 'due', node, attempt: 1 },
      { type: 'lost', node, creation: 2 },
      { type: 'told', node },
      { type: 'failed', node, attempt: 1 },
      { type: 'failed', node, attempt: 3 },
    ]);
    expect(effects.slice(3).map((effect) => effect?.type)).toStrictEqual(['dial', undefined, 'wait']);
  });

  it('dials a node that it is told of at once, also in the midst of a wait, and once', () => {
    const { effects } = follow([
      { type: 'told', node },
      { type: 'told', node },
      { type: 'failed', node, attempt: 1 },
      { type: 'told', node },
      { type: 'failed', node, attempt: 3 },
    ]);
    expect(effects).toStrictEqual([
      { type: 'dial', node, attempt: 1 },
      undefined,
      { type: 'wait', node, attempt: 2, delayMs: 200 },
      { type: 'dial', node, attempt: 3 },
      { type: 'wait', node, attempt: 4, delayMs: 400 },
    ]);
  });

  it.each(['lost', 'told'] as const)(
    'gives a node up that was %s when it was dialled for as long as it is to be, and not before',
    (type) => {
      const dialling: RedialEvent[] = type === 'lost' ? [{ type: 'due', node, attempt: 1 }] : [];
      const { plan } = follow([{ type, node, creation: 1 }, ...dialling]);
      const fail = (now: number): unknown =>
        stepRedial(plan, { type: 'failed', node, attempt: 1 }, { ...waiting, now });
      expect(fail(4_999)).toMatchObject({ effect: { type: 'wait' } });
      expect(fail(5_000)).toEqual({ plan: nothingToRedial, effect: { type: 'giveUp', node } });
    },
  );

  it('forgets a node when the life that was lost has taken its leave, and not because a former one had', () => {
    const lost: RedialEvent = { type: 'lost', node, creation: 2 };
    expect(follow([lost, { type: 'departed', node, creation: 1 }]).plan.size).toBe(1);
    const { plan, effects } = follow([lost, { type: 'departed', node, creation: 2 }]);
    expect([plan.size, effects.at(-1)]).toEqual([0, { type: 'cancel', node }]);
  });

  it('forgets a node that it was only told of when any of its lives has taken its leave', () => {
    const { plan } = follow([
      { type: 'told', node },
      { type: 'departed', node, creation: 7 },
    ]);
    expect(plan.size).toBe(0);
  });

  it('knows the life that was lost through dials and waits', () => {
    const { plan } = follow([
      { type: 'lost', node, creation: 2 },
      { type: 'due', node, attempt: 1 },
      { type: 'failed', node, attempt: 1 },
      { type: 'told', node },
      { type: 'departed', node, creation: 1 },
    ]);
    expect(plan.get(node)).toMatchObject({ status: 'dialling', creation: 2 });
  });

  it('whatever happens, has at most one wait or dial of a node under way, and none of one that is settled', () => {
    const event = fc.record({
      type: fc.constantFrom<RedialEvent['type']>('lost', 'told', 'departed', 'settled', 'due', 'failed'),
      node: fc.constantFrom('a@h', 'b@h'),
      attempt: fc.integer({ min: 0, max: 4 }),
      creation: fc.integer({ min: 1, max: 2 }),
    }) as fc.Arbitrary<RedialEvent>;
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const underWay = new Map<string, RedialEffect>();
        let plan = nothingToRedial;
        for (const [i, next] of events.entries()) {
          const step = stepRedial(plan, next, { ...waiting, now: i * 500 });
          plan = step.plan;
          const over = step.effect?.type === 'cancel' || step.effect?.type === 'giveUp';
          if (step.effect !== undefined && over) underWay.delete(step.effect.node);
          else if (step.effect !== undefined) underWay.set(step.effect.node, step.effect);
        }
        expect([...plan.keys()].sort()).toEqual([...underWay.keys()].sort());
      }),
    );
  });
});
