import type { NodeName } from '@trestle/runtime';
import fc from 'fast-check';
import {
  beginStaticPlan,
  stepStaticPlan,
  type StaticEffect,
  type StaticEvent,
  type StaticPlan,
  type StaticStep,
} from '../../../packages/cluster/src/discovery/static-plan';

const waiting = { backOff: { minMs: 500, maxMs: 30_000 }, chance: 0.5 };
const b = 'b@127.0.0.1';

/** What one listed node brings about, event after event. */
function effectsOf(...events: readonly Partial<StaticEvent>[]): StaticEffect[][] {
  let { plan, effects } = beginStaticPlan([b], []);
  return [
    [...effects],
    ...events.map((event) => {
      ({ plan, effects } = stepStaticPlan(plan, { node: b, ...event } as StaticEvent, waiting));
      return [...effects];
    }),
  ];
}

describe('the plan of the static strategy', () => {
  it('dials every listed node that is not connected', () => {
    expect(beginStaticPlan(['b@h', 'c@h', 'd@h'], ['c@h']).effects).toEqual([
      { type: 'dial', node: 'b@h', attempt: 0 },
      { type: 'dial', node: 'd@h', attempt: 0 },
    ]);
  });

  it('tells once that a node is connected, whoever dialled', () => {
    const [, up, dialled] = effectsOf({ type: 'nodeup' }, { type: 'dialled', attempt: 0, connected: true });
    expect(up).toEqual([{ type: 'connected', node: b }]);
    expect(dialled).toStrictEqual([]);
  });

  it('tells that a node cannot be reached, and tries again later', () => {
    const [, failed, retried] = effectsOf(
      { type: 'dialled', attempt: 0, connected: false },
      { type: 'retry', attempt: 1 },
    );
    expect(failed).toEqual([
      { type: 'unable', node: b, again: false },
      { type: 'retryAfter', node: b, attempt: 1, delayMs: 375 },
    ]);
    expect(retried).toEqual([{ type: 'dial', node: b, attempt: 2 }]);
  });

  it('waits twice as long after each failure, up to the longest wait', () => {
    const events = Array.from({ length: 9 }, (_, failure) => [
      { type: 'dialled', attempt: failure * 2, connected: false } as const,
      { type: 'retry', attempt: failure * 2 + 1 } as const,
    ]).flat();
    const delays = effectsOf(...events)
      .flat()
      .flatMap((effect) => (effect.type === 'retryAfter' ? [effect.delayMs] : []));
    expect(delays).toEqual([375, 750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 22_500]);
  });

  it('waits before it dials a node that was lost, and begins with the shortest wait', () => {
    const [, , lost] = effectsOf({ type: 'nodeup' }, { type: 'nodedown' });
    expect(lost).toEqual([{ type: 'retryAfter', node: b, attempt: 1, delayMs: 375 }]);
  });

  it('does not dial a node that took its leave, until it is back and lost', () => {
    const [, , left, back, lost] = effectsOf(
      { type: 'nodeup' },
      { type: 'nodedown', reason: 'left' },
      { type: 'nodeup' },
      { type: 'nodedown', reason: 'connectionClosed' },
    );
    expect(left).toStrictEqual([]);
    expect(back).toEqual([{ type: 'connected', node: b }]);
    expect(lost).toMatchObject([{ type: 'retryAfter' }]);
  });

  it('ignores the outcome of a dial that the course of events has overtaken', () => {
    const [, , , late] = effectsOf(
      { type: 'nodeup' },
      { type: 'nodedown' },
      { type: 'dialled', attempt: 0, connected: true },
    );
    expect(late).toStrictEqual([]);
  });

  it('ignores that a node is lost that was not there, whatever it waits for', () => {
    const [, dialling, , waiting, , left] = effectsOf(
      { type: 'nodedown' },
      { type: 'dialled', attempt: 0, connected: false },
      { type: 'nodedown' },
      { type: 'nodeup' },
      { type: 'nodedown', reason: 'left' },
    );
    const [, , , again] = effectsOf(
      { type: 'nodeup' },
      { type: 'nodedown', reason: 'left' },
      { type: 'nodedown' },
    );
    expect([dialling, waiting, left, again]).toStrictEqual([[], [], [], []]);
  });

  it('ignores the outcome of an earlier dial while a later one is under way', () => {
    const [, , , dialled, failed, connected] = effectsOf(
      { type: 'nodeup' },
      { type: 'nodedown' },
      { type: 'retry', attempt: 1 },
      { type: 'dialled', attempt: 0, connected: false },
      { type: 'dialled', attempt: 0, connected: true },
    );
    expect(dialled).toEqual([{ type: 'dial', node: b, attempt: 2 }]);
    expect([failed, connected]).toStrictEqual([[], []]);
  });

  it('ignores the end of an earlier wait while it waits anew', () => {
    const [, , , , , late, now] = effectsOf(
      { type: 'nodeup' },
      { type: 'nodedown' },
      { type: 'nodeup' },
      { type: 'nodedown' },
      { type: 'retry', attempt: 1 },
      { type: 'retry', attempt: 2 },
    );
    expect([late, now]).toStrictEqual([[], [{ type: 'dial', node: b, attempt: 3 }]]);
  });

  it('ignores nodes that are not listed', () => {
    const { plan } = beginStaticPlan([b], []);
    expect(stepStaticPlan(plan, { type: 'nodeup', node: 'x@h' }, waiting)).toEqual({ plan, effects: [] });
  });

  it('has, whatever happens, one dial or one wait under way for each node that is not up, and warns once an outage', () => {
    const nodes = ['b@h', 'c@h'];
    const happenings = fc.array(
      fc.record({
        node: fc.constantFrom(...nodes),
        what: fc.constantFrom('nodeup', 'nodedown', 'reached', 'failed', 'due', 'late'),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(happenings, (list) => {
        const world = new World(beginStaticPlan(nodes, []));
        for (const { node, what } of list) world.happen(node, what);
        for (const node of nodes) world.check(node);
      }),
    );
  });
});

/** Keeps what the plan asked for, and gives it back as events. */
class World {
  private plan: StaticPlan;
  private readonly dials: StaticEffect[] = [];
  private readonly waits: StaticEffect[] = [];
  private readonly warned = new Map<NodeName, number>();

  constructor(first: StaticStep) {
    this.plan = first.plan;
    this.keep(first.effects);
  }

  happen(node: NodeName, what: string): void {
    const dial = this.dials.find((effect) => effect.node === node) as { attempt: number } | undefined;
    const wait = this.waits.find((effect) => effect.node === node) as { attempt: number } | undefined;
    if (what === 'nodeup' || what === 'nodedown') this.step({ type: what, node });
    else if (what === 'late') this.step({ type: 'dialled', node, attempt: -1, connected: false });
    else if (what === 'due' && wait !== undefined) {
      this.waits.splice(this.waits.indexOf(wait as never), 1);
      this.step({ type: 'retry', node, attempt: wait.attempt });
    } else if (dial !== undefined && what !== 'due') {
      this.dials.splice(this.dials.indexOf(dial as never), 1);
      this.step({ type: 'dialled', node, attempt: dial.attempt, connected: what === 'reached' });
    }
  }

  check(node: NodeName): void {
    const { status, attempt } = this.plan.get(node)!;
    const current = [...this.dials, ...this.waits].filter(
      (effect) => effect.node === node && (effect as { attempt: number }).attempt === attempt,
    );
    if (status !== 'up') expect(current).toHaveLength(1);
    expect(this.warned.get(node) ?? 0).toBeLessThanOrEqual(1);
  }

  private step(event: StaticEvent): void {
    const { plan, effects } = stepStaticPlan(this.plan, event, waiting);
    this.plan = plan;
    this.keep(effects);
  }

  private keep(effects: readonly StaticEffect[]): void {
    for (const effect of effects) {
      if (effect.type === 'dial') this.dials.push(effect);
      else if (effect.type === 'retryAfter') this.waits.push(effect);
      else if (effect.type === 'connected') this.warned.set(effect.node, 0);
      else if (!effect.again) this.warned.set(effect.node, (this.warned.get(effect.node) ?? 0) + 1);
    }
  }
}
