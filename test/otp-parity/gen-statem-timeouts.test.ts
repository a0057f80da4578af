import {
  eventTimeout,
  initialState,
  keepState,
  namedTimeout,
  nextEvent,
  nextState,
  postpone,
  repeatState,
  stateTimeout,
  stop,
  sys,
  type Node,
  type ServerPid,
} from '@trestle/runtime';
import { inBothPlaces, quiet } from '../support/both-places';
import { Scripted, startRuled, type Script } from '../support/scripted-statem';
import { leftovers, settle, startTestNode, watch } from '../support/test-node';
import { VirtualClock } from '@trestle/runtime/testing';

type Rules = Parameters<typeof startRuled>[1];

interface Timed {
  readonly node: Node;
  readonly clock: VirtualClock;
  readonly machine: ServerPid<Scripted>;
  /** What was handled, in short, since this was last asked. */
  handled(): string;
  casts(...requests: unknown[]): Promise<void>;
}

/** A machine by rules whose time stands still. */
async function startTimed(
  rules: Rules,
  script?: Omit<Script, 'handle' | 'log'> & { readonly enters?: boolean },
): Promise<Timed> {
  const clock = new VirtualClock();
  const node = await startTestNode({ clock });
  const { machine, log } = await startRuled(node, rules, script);
  return {
    node,
    clock,
    machine,
    handled: () =>
      (log.splice(0) as unknown[][])
        .map(([state, , content]) => `${String(state)}:${String(content)}`)
        .join(' '),
    casts: async (...requests) => {
      for (const request of requests) node.cast(machine, request);
      await settle();
    },
  };
}

const internal = (content: unknown) => nextEvent({ type: 'internal', content });

describe('a state timeout', () => {
  it('is an event when the state has been the same for so long', async () => {
    const { clock, handled, casts } = await startTimed({
      go: () => nextState('b', stateTimeout(1_000, 'time')),
    });
    await casts('go');
    await clock.advance(999);
    expect(handled()).toBe('a:go');
    await clock.advance(1);
    expect(handled()).toBe('b:time');
    await clock.advance(10_000);
    expect(handled()).toBe('');
  });

  it('is not cancelled by other events', async () => {
    const { clock, handled, casts } = await startTimed({ go: () => keepState(stateTimeout(1_000, 'time')) });
    await casts('go');
    await clock.advance(500);
    await casts('other');
    await clock.advance(500);
    expect(handled()).toBe('a:go a:other a:time');
  });

  it('is cancelled by a change of state', async () => {
    const { clock, handled, casts } = await startTimed({
      set: () => keepState(stateTimeout(1_000, 'time')),
      go: () => nextState('b'),
    });
    await casts('set', 'go');
    await clock.advance(2_000);
    expect(handled()).toBe('a:set a:go');
  });

  it('is not cancelled by nextState to the same state, nor by repeatState', async () => {
    const { clock, handled, casts } = await startTimed({
      set: () => keepState(stateTimeout(1_000, 'time')),
      same: () => nextState('a'),
      repeat: () => repeatState(),
    });
    await casts('set', 'same', 'repeat');
    await clock.advance(1_000);
    expect(handled()).toBe('a:set a:same a:repeat a:time');
  });

  it('set with a change of state is the new state’s, not the old one’s', async () => {
    const { clock, handled, casts } = await startTimed({
      set: () => keepState(stateTimeout(1_000, 'of a')),
      go: () => nextState('b', stateTimeout(1_000, 'of b')),
    });
    await casts('set');
    await clock.advance(500);
    await casts('go');
    await clock.advance(500);
    expect(handled()).toBe('a:set a:go');
    await clock.advance(500);
    expect(handled()).toBe('b:of b');
  });

  it('set again begins anew', async () => {
    const { clock, handled, casts } = await startTimed({
      set: () => keepState(stateTimeout(1_000, 'time')),
    });
    await casts('set');
    await clock.advance(900);
    await casts('set');
    await clock.advance(900);
    expect(handled()).toBe('a:set a:set');
    await clock.advance(100);
    expect(handled()).toBe('a:time');
  });

  it('is late for a state that has been left, though it fired before: no state gets that of another', async () => {
    const { node, clock, machine, handled } = await startTimed({
      set: () => keepState(stateTimeout(1_000, 'time')),
      go: () => nextState('b'),
    });
    node.cast(machine, 'set');
    await settle();
    await sys.suspend(node, machine);
    node.cast(machine, 'go');
    // Fires while the machine is suspended, and waits behind what changes the state.
    await clock.advance(1_000);
    await sys.resume(node, machine);
    await settle();
    expect(handled()).toBe('a:set a:go');
  });

  it('may be absolute: a time of the node’s clock', async () => {
    const { clock, handled, casts } = await startTimed({
      go: () => keepState(stateTimeout(1_500, 'time', { absolute: true })),
      past: () => keepState(stateTimeout(10, 'late', { absolute: true })),
    });
    await clock.advance(1_000);
    await casts('go');
    await clock.advance(499);
    expect(handled()).toBe('a:go');
    await clock.advance(1);
    expect(handled()).toBe('a:time');
    // One that is past comes at once, but as any timer does: behind what waits.
    await casts('past', 'waiting');
    await clock.advance(0);
    expect(handled()).toBe('a:past a:waiting a:late');
  });
});

describe('an event timeout', () => {
  it('is an event if no other comes for so long', async () => {
    const { clock, handled, casts } = await startTimed({
      go: () => nextState('b', eventTimeout(1_000, 'time')),
    });
    await casts('go');
    await clock.advance(1_000);
    expect(handled()).toBe('a:go b:time');
  });

  it.each([
    ['a cast', (node: Node, machine: ServerPid<Scripted>) => node.cast(machine, 'x')],
    ['a message', (node: Node, machine: ServerPid<Scripted>) => node.send(machine, 'x')],
    [
      'a call',
      (node: Node, machine: ServerPid<Scripted>) => void node.call(machine, 'x').catch(() => undefined),
    ],
  ])('is cancelled by %s, whatever that does', async (_what, send) => {
    const { node, clock, machine, handled, casts } = await startTimed({
      go: () => keepState(eventTimeout(1_000, 'time')),
    });
    await casts('go');
    send(node, machine);
    await clock.advance(1_000);
    expect(handled()).toBe('a:go a:x');
  });

  it('is cancelled by another timeout', async () => {
    const { clock, handled, casts } = await startTimed({
      go: () => keepState(eventTimeout(1_000, 'event'), namedTimeout('n', 500, 'named')),
    });
    await casts('go');
    await clock.advance(1_000);
    expect(handled()).toBe('a:go a:named');
  });

  it('is cancelled by an inserted event, and by a postponed one that is handled again', async () => {
    const { clock, handled, casts } = await startTimed({
      insert: () => keepState(internal('x'), eventTimeout(1_000, 'time')),
      'a wait': () => keepState(postpone()),
      go: () => nextState('b', eventTimeout(0, 'time')),
    });
    await casts('insert', 'wait', 'go');
    await clock.advance(1_000);
    expect(handled()).toBe('a:insert a:x a:wait a:go b:wait');
  });

  it('is not cancelled by a system request', async () => {
    const { node, clock, machine, handled, casts } = await startTimed({
      go: () => keepState(eventTimeout(1_000, 'time')),
    });
    await casts('go');
    await sys.getState(node, machine);
    await clock.advance(1_000);
    expect(handled()).toBe('a:go a:time');
  });
});

describe('a named timeout', () => {
  it('is an event when its time is over, whatever comes before and in whatever state', async () => {
    const { clock, handled, casts } = await startTimed({
      set: () => keepState(namedTimeout('n', 1_000, 'time')),
      go: () => nextState('b'),
    });
    await casts('set', 'go', 'x');
    await clock.advance(1_000);
    expect(handled()).toBe('a:set a:go b:x b:time');
  });

  it('is one of many: each name has its own', async () => {
    const { clock, handled, casts } = await startTimed({
      set: () =>
        keepState(namedTimeout('1', 300, 'one'), namedTimeout('2', 200, 'two'), stateTimeout(100, 'state')),
    });
    await casts('set');
    await clock.advance(300);
    expect(handled()).toBe('a:set a:state a:two a:one');
  });

  it('set again under its name replaces the one that runs', async () => {
    const { clock, handled, casts } = await startTimed({
      1: () => keepState(namedTimeout('n', 1_000, 'first')),
      2: () => keepState(namedTimeout('n', 2_000, 'second')),
    });
    await casts(1, 2);
    await clock.advance(2_000);
    expect(handled()).toBe('a:1 a:2 a:second');
  });
});

describe.each([
  ['event', eventTimeout as (...args: any[]) => any],
  ['state', stateTimeout as (...args: any[]) => any],
  ['named', (...args: any[]): any => (namedTimeout as any)('n', ...args)],
])('a timeout of kind %s', (kind, timeout) => {
  // Any event cancels an event timeout: it is changed by the same event that sets it.
  const sets = (...then: any[]): Rules => ({ go: () => keepState(timeout(1_000, 'time'), ...then) });

  it('is cancelled by name', async () => {
    const { clock, handled, casts } = await startTimed({
      ...sets(),
      cancel: () => keepState(timeout('cancel')),
    });
    await casts('go', 'cancel', 'cancel');
    await clock.advance(1_000);
    expect(handled()).toBe('a:go a:cancel a:cancel');
  });

  it('is cancelled by an infinite time', async () => {
    const { clock, handled, casts } = await startTimed({
      ...sets(),
      never: () => keepState(timeout(Infinity, 'x')),
    });
    await casts('go', 'never');
    await clock.advance(100_000);
    expect(handled()).toBe('a:go a:never');
  });

  it('takes a time, update or cancel, and no options but absolute', () => {
    const times = "milliseconds (0 or more, or Infinity), 'update' or 'cancel'";
    for (const time of ['soon', -1, NaN, undefined, null])
      expect(() => timeout(time)).toThrow(`${kind}Timeout: expected ${times}, got`);
    expect(() => timeout(1, 'x', { abs: true })).toThrow(
      `${kind}Timeout: expected options to have no 'abs', got { abs: true }`,
    );
    expect(() => timeout(1, 'x', { absolute: 1 })).toThrow('expected absolute to be true or false, got 1');
    expect(() => timeout(1, 'x', 5)).toThrow('expected options to be of type object, got 5');
  });

  it('of time 0 comes before any message that waits in the mailbox', async () => {
    const { handled, casts } = await startTimed({ go: () => keepState(timeout(0, 'time')) });
    await casts('go', 'waiting');
    expect(handled()).toBe('a:go a:time a:waiting');
  });

  it('is set by update, with time 0, if none runs', async () => {
    const { handled, casts } = await startTimed({ go: () => keepState(timeout('update', 'updated')) });
    await casts('go', 'waiting');
    expect(handled()).toBe('a:go a:updated a:waiting');
  });

  it('is what the last of several actions on it says', async () => {
    const { clock, handled, casts } = await startTimed(sets(timeout(500, 'last')));
    await casts('go');
    await clock.advance(1_000);
    expect(handled()).toBe('a:go a:last');
  });

  it('leaves nothing behind when the machine ends', async () => {
    const { node, clock, machine, handled, casts } = await startTimed({
      ...sets(),
      end: () => stop('normal'),
    });
    await casts('go');
    expect(leftovers(node)).toMatchObject({ timers: 1 });
    await casts('end');
    await clock.advance(2_000);
    expect(handled()).toBe('a:go a:end a:normal');
    expect(leftovers(node)).toMatchObject({ timers: 0 });
    expect([node.isAlive(machine), kind]).toEqual([false, kind]);
  });

  it.each([[-1], [NaN], ['5'], [undefined], [null]])('cannot have the time %p', async (timeMs) => {
    const { node, machine, casts } = await startTimed({ go: () => keepState(timeout(timeMs, 'time')) });
    const { reason } = await watch(node, machine);
    await casts('go');
    expect(await reason).toMatchObject({ code: 'ERR_BAD_ARGUMENT' });
  });
});

describe('an update', () => {
  it.each([
    ['state', stateTimeout as (...args: any[]) => any],
    ['named', (...args: any[]): any => (namedTimeout as any)('n', ...args)],
  ])('of a %s timeout that runs changes its content, not its time', async (_kind, timeout) => {
    const { clock, handled, casts } = await startTimed({
      go: () => keepState(timeout(1_000, 'old')),
      update: () => keepState(timeout('update', 'new')),
    });
    await casts('go');
    await clock.advance(500);
    await casts('update');
    await clock.advance(499);
    expect(handled()).toBe('a:go a:update');
    await clock.advance(1);
    expect(handled()).toBe('a:new');
  });
});

describe('timeouts of time 0', () => {
  it('come in the order they were set, each before any message', async () => {
    const { handled, casts } = await startTimed({
      go: () => keepState(namedTimeout('2', 0, 2), stateTimeout(0, 's'), namedTimeout('1', 0, 1)),
    });
    await casts('go', 'waiting');
    expect(handled()).toBe('a:go a:2 a:s a:1 a:waiting');
  });

  it('come after inserted events, and after postponed ones that are handled again', async () => {
    const { handled, casts } = await startTimed({
      'a wait': () => keepState(postpone()),
      'a go': () => nextState('b', stateTimeout(0, 'time'), internal('inserted')),
    });
    await casts('wait', 'go', 'x');
    expect(handled()).toBe('a:wait a:go b:inserted b:wait b:time b:x');
  });

  it('are cancelled as others are, while they wait: that of a state by its change', async () => {
    const { handled, casts } = await startTimed({
      'a go': () => keepState(stateTimeout(0, 'time'), internal('change')),
      change: () => nextState('b'),
    });
    await casts('go', 'x');
    expect(handled()).toBe('a:go a:change b:x');
  });

  it('of an event comes only if nothing else does', async () => {
    const { handled, casts } = await startTimed({
      both: () => keepState(stateTimeout(0, 'state'), eventTimeout(0, 'event')),
      alone: () => keepState(eventTimeout(0, 'event')),
    });
    await casts('both');
    expect(handled()).toBe('a:both a:state');
    await casts('alone');
    expect(handled()).toBe('a:alone a:event');
  });
});

describe('the timeouts of a machine with a bounded mailbox', () => {
  it('come though that is full, and whatever it does with messages that are too many', async () => {
    for (const policy of ['reject', 'dropNewest', 'dropOldest', 'exit'] as const) {
      const clock = new VirtualClock();
      const node = await startTestNode({ clock });
      const log: unknown[] = [];
      const handle = ({ request, content }: any): unknown => {
        log.push(request ?? content);
        return request === 'go' ? keepState(stateTimeout(100, 'time')) : undefined;
      };
      const machine = await node.start(Scripted, { args: { handle }, mailbox: { maxMessages: 1, policy } });
      node.cast(machine, 'go');
      await settle();
      await sys.suspend(node, machine);
      node.cast(machine, 'last');
      await clock.advance(100);
      await sys.resume(node, machine);
      await settle();
      expect(log).toEqual(['go', 'last', 'time']);
    }
  });
});

describe('the timeouts of init', () => {
  it('count from the start, and may be any', async () => {
    const { clock, handled } = await startTimed(
      {},
      {
        init: () =>
          initialState('a', stateTimeout(100, 's'), namedTimeout('n', 200, 'n'), eventTimeout(50, 'e')),
      },
    );
    await clock.advance(200);
    expect(handled()).toBe('a:e a:s a:n');
  });
});

describe('a timeout between two nodes', () => {
  inBothPlaces('is the machine’s own: it comes though nobody is connected any more', async (places) => {
    const { here, there, apart } = places;
    let timedOut!: () => void;
    const over = new Promise<void>((resolve) => (timedOut = resolve));
    const { machine, log } = await startRuled(there, {
      go: () => keepState(stateTimeout(20, 'time')),
      time: () => {
        timedOut();
      },
    });
    here.cast(machine, 'go');
    await quiet(places);
    if (apart) expect(await here.disconnect(there.name)).toBe(true);
    await over;
    expect(log).toEqual([
      ['a', 'cast', 'go'],
      ['a', 'stateTimeout', 'time'],
    ]);
  });
});
