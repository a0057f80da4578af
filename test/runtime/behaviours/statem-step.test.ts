import fc from 'fast-check';
import { eventsOf, turned } from '../../../packages/runtime/src/behaviours/gen-statem/event-list';
import type {
  TimeoutAction,
  TimeoutKind,
} from '../../../packages/runtime/src/behaviours/gen-statem/state-action';
import {
  expired,
  hasNext,
  newStatem,
  received,
  stepped,
  taken,
  timerChanges,
  type SetTimeout,
  type Statem,
  type Transition,
} from '../../../packages/runtime/src/behaviours/gen-statem/statem-step';
import type { QueuedEvent } from '../../../packages/runtime/src/behaviours/gen-statem/statem-types';

const cast = (request: unknown): QueuedEvent => ({ type: 'cast', request });
const timeout = (kind: TimeoutKind, more: Partial<TimeoutAction> = {}): TimeoutAction => ({
  ...{ kind, name: null, how: 'start', timeMs: 100, content: kind },
  ...more,
});
const named = (name: string, more: Partial<TimeoutAction> = {}): TimeoutAction =>
  timeout('namedTimeout', { name, content: name, ...more });

/** A transition that does nothing but what is said. */
const transition = (more: Partial<Transition> = {}): Transition => ({
  ...{ state: 'a', isChange: false, postponed: null, nextEvents: [], timeouts: [] },
  ...more,
});

/** A machine after these transitions. */
const after = (...transitions: Partial<Transition>[]): Statem =>
  transitions.reduce<Statem>((statem, one) => stepped(statem, transition(one)), newStatem('a'));

const contentOf = (event: QueuedEvent): unknown =>
  'request' in event ? event.request : 'content' in event && event.content;
const waiting = (statem: Statem): unknown[] => eventsOf(statem.events).map(contentOf);
const postponed = (statem: Statem): unknown[] => eventsOf(turned(statem.postponed, null)).map(contentOf);
const running = (statem: Statem): unknown[] => statem.timeouts.map(({ name, kind }) => name ?? kind);

describe('a step of a state machine', () => {
  const cases: [string, Statem, { waiting?: unknown[]; postponed?: unknown[]; running?: unknown[] }][] = [
    [
      'keeps what it was told to postpone',
      after({ postponed: cast(1) }, { postponed: cast(2) }),
      { postponed: [1, 2] },
    ],
    [
      'puts it back when the state changes, in order, with the event at hand last',
      after({ postponed: cast(1) }, { postponed: cast(2) }, { isChange: true, postponed: cast(3) }),
      { waiting: [1, 2, 3] },
    ],
    [
      'puts it before what waited already',
      after({ nextEvents: [cast('x')] }, { postponed: cast(1) }, { isChange: true }),
      { waiting: [1, 'x'] },
    ],
    [
      'puts inserted events before everything',
      after({ postponed: cast(1) }, { isChange: true, nextEvents: [cast('x'), cast('y')] }),
      { waiting: ['x', 'y', 1] },
    ],
    [
      'sets timeouts',
      after({ timeouts: [timeout('stateTimeout'), named('n')] }),
      { running: ['stateTimeout', 'n'] },
    ],
    [
      'cancels the state timeout when the state changes, and no other',
      after({ timeouts: [timeout('stateTimeout'), timeout('eventTimeout'), named('n')] }, { isChange: true }),
      { running: ['eventTimeout', 'n'] },
    ],
    [
      'sets a state timeout for the state it goes to',
      after({ isChange: true, timeouts: [timeout('stateTimeout')] }),
      { running: ['stateTimeout'] },
    ],
    [
      'sets no event timeout while events wait',
      after({ nextEvents: [cast(1)], timeouts: [timeout('eventTimeout')] }),
      { waiting: [1] },
    ],
    [
      'sets anew what it sets again, behind the others',
      after({ timeouts: [named('1'), named('2')] }, { timeouts: [named('1')] }),
      { running: ['2', '1'] },
    ],
    [
      'cancels by name, and by an infinite time',
      after(
        { timeouts: [named('1'), named('2'), named('3')] },
        { timeouts: [named('1', { how: 'cancel' }), named('2', { timeMs: Infinity })] },
      ),
      { running: ['3'] },
    ],
    [
      'takes the last of several actions on one timeout',
      after({ timeouts: [named('1'), named('2'), named('1', { how: 'cancel' })] }),
      { running: ['2'] },
    ],
  ];
  it.each(cases)('%s', (_claim, statem, expected) => {
    expect({ waiting: waiting(statem), postponed: postponed(statem), running: running(statem) }).toEqual({
      ...{ waiting: [], postponed: [], running: [] },
      ...expected,
    });
  });

  it('keeps the timer of a timeout whose content it updates', () => {
    const before = after({ timeouts: [named('n')] });
    const updated = stepped(
      before,
      transition({ timeouts: [named('n', { how: 'update', content: 'new' })] }),
    );
    expect(timerChanges(before, updated)).toEqual({ stop: [], start: [] });
    expect(expired(updated, 1)?.event).toEqual({ type: 'namedTimeout', name: 'n', content: 'new' });
  });

  it('starts no timer for a timeout that is due now', () => {
    const before = newStatem('a');
    const now = stepped(
      before,
      transition({ timeouts: [named('n', { timeMs: 0 }), named('m', { how: 'update' })] }),
    );
    expect(timerChanges(before, now)).toEqual({ stop: [], start: [] });
    expect(hasNext(now)).toBe(true);
    expect(taken(now)?.event).toMatchObject({ name: 'n' });
  });

  it('starts a timer for an absolute time, though it may be past', () => {
    const before = newStatem('a');
    const now = stepped(before, transition({ timeouts: [named('n', { how: 'startAt', timeMs: 0 })] }));
    expect(timerChanges(before, now).start).toMatchObject([{ due: 'at', timeMs: 0, name: 'n' }]);
    expect(hasNext(now)).toBe(false);
  });
});

describe('an event that is taken', () => {
  it('is the oldest that waits, then the timeout that is due and was set first, then none', () => {
    let statem = after({
      nextEvents: [cast(1), cast(2)],
      timeouts: [named('x', { timeMs: 0 }), named('y', { timeMs: 0 })],
    });
    const order: unknown[] = [];
    for (let next = taken(statem); next !== null; next = taken(statem)) {
      order.push(contentOf(next.event));
      statem = next.statem;
    }
    expect(order).toEqual([1, 2, 'x', 'y']);
  });

  it('cancels the event timeout, wherever it comes from', () => {
    const statem = after({ timeouts: [timeout('eventTimeout'), named('n'), named('now', { timeMs: 0 })] });
    expect(running(received(statem))).toEqual(['n', 'now']);
    expect(running(taken(statem)!.statem)).toEqual(['n']);
    expect(running(expired(statem, 2)!.statem)).toEqual(['now']);
  });

  it('is none of a timer that was stopped or replaced', () => {
    const statem = after({ timeouts: [named('n')] }, { timeouts: [named('n')] });
    expect(expired(statem, 1)).toBeNull();
    expect(expired(statem, 2)?.event).toMatchObject({ type: 'namedTimeout', name: 'n' });
    expect(expired(statem, 3)).toBeNull();
  });
});

describe('whatever a machine is told', () => {
  const timeouts = fc.array(
    fc.record<TimeoutAction>({
      kind: fc.constantFrom('eventTimeout', 'stateTimeout'),
      name: fc.constant(null),
      how: fc.constantFrom('start', 'startAt', 'update', 'cancel'),
      timeMs: fc.constantFrom(0, 5, Infinity),
      content: fc.nat(9),
    }),
    { maxLength: 3 },
  );
  const step = fc.record({
    postpones: fc.boolean(),
    isChange: fc.boolean(),
    inserts: fc.nat(2),
    timeouts: fc.tuple(
      timeouts,
      fc.constantFrom<TimeoutAction[]>([], [named('n')], [named('m', { timeMs: 0 })]),
    ),
  });

  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

  /** Runs a machine by these steps: each handles what waits, or else what comes in. */
  function run(steps: readonly Step[], see: (before: Statem, now: Statem) => void): Statem {
    let statem = newStatem(0);
    let number = 0;
    for (const {
      postpones,
      isChange,
      inserts,
      timeouts: [some, more],
    } of steps) {
      const before = statem;
      const next = taken(statem) ?? { event: cast((number += 1)), statem: received(statem) };
      const nextEvents = Array.from({ length: inserts }, () => cast((number += 1)));
      statem = stepped(next.statem, {
        state: isChange ? (statem.state as number) + 1 : statem.state,
        isChange,
        postponed: postpones ? next.event : null,
        nextEvents,
        timeouts: [...some, ...more],
      });
      see(before, statem);
    }
    return statem;
  }

  it('no timeout is set twice, none of an event while events wait, and no timer has the number of another', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const used = new Set<number>();
        run(steps, (before, now) => {
          expect(new Set(running(now)).size).toBe(now.timeouts.length);
          if (now.events !== null) expect(running(now)).not.toContain('eventTimeout');
          for (const { timer } of now.timeouts.filter(
            (one) => !before.timeouts.some(({ timer: t }) => t === one.timer),
          )) {
            expect(used.has(timer)).toBe(false);
            used.add(timer);
          }
        });
      }),
    );
  });

  it('the timers that run are those of the timeouts that are set and not due now', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const timers = new Set<number>();
        const numbers = (set: readonly SetTimeout[]): number[] => set.map(({ timer }) => timer);
        run(steps, (before, now) => {
          const { stop, start } = timerChanges(before, now);
          for (const timer of numbers(stop)) timers.delete(timer);
          for (const timer of numbers(start)) timers.add(timer);
          const expected = numbers(now.timeouts.filter(({ due }) => due !== 'now'));
          expect([...timers].toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b));
        });
      }),
    );
  });

  it('after a change of state nothing is postponed, and no state timeout is left of the state before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        run(steps, (before, now) => {
          if (now.state === before.state) return;
          expect(now.postponed).toBeNull();
          const old = before.timeouts.find(({ kind }) => kind === 'stateTimeout');
          expect(now.timeouts.map(({ timer }) => timer)).not.toContain(old?.timer);
        });
      }),
    );
  });

  it('no event is lost or handled twice, and postponed ones are put back in the order they were handled', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let kept: unknown[] = [];
        run(
          steps.map((one) => ({ ...one, timeouts: [[], []] })),
          (before, now) => {
            const back = postponed(before);
            kept = postponed(now);
            const [newest] = kept.slice(back.length);
            if (now.state === before.state) expect(kept.slice(0, back.length)).toEqual(back);
            else expect(waiting(now).filter((content) => back.includes(content))).toEqual(back);
            const all = [...waiting(now), ...kept];
            expect(new Set(all).size).toBe(all.length);
            const gone = [...waiting(before), ...back].filter((content) => !all.includes(content));
            expect(gone.length).toBeLessThanOrEqual(newest === undefined ? 1 : 0);
          },
        );
      }),
    );
  });

  it('an older machine stays what it was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const seen: [Statem, string][] = [];
        run(steps, (before) => seen.push([before, JSON.stringify(before)]));
        for (const [statem, text] of seen) expect(JSON.stringify(statem)).toBe(text);
      }),
    );
  });
});
