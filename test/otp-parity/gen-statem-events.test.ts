import {
  keepState,
  nextEvent,
  nextState,
  postpone,
  repeatState,
  reply,
  stop,
  type Node,
  type ServerPid,
} from '@trestle/runtime';
import { inBothPlaces } from '../support/both-places';
import { startRuled, type Scripted } from '../support/scripted-statem';
import { settle, startTestNode, watch } from '../support/test-node';

const internal = (content: unknown) => nextEvent({ type: 'internal', content });

/** Casts each, and waits until all that follows from them has been handled. */
async function casts(node: Node, machine: ServerPid<Scripted>, ...requests: unknown[]): Promise<void> {
  for (const request of requests) node.cast(machine, request);
  await settle();
}

/** The contents of what was handled, with the states. */
const inShort = (log: unknown[]): string =>
  (log as [unknown, unknown, unknown][])
    .map(([state, , content]) => `${String(state)}:${String(content)}`)
    .join(' ');

describe('a postponed event', () => {
  inBothPlaces('is handled again when the state has changed, before newer ones', async ({ here, there }) => {
    const { machine, log } = await startRuled(there, {
      'a wait': () => keepState(postpone()),
      'a go': () => nextState('b'),
      call: ({ request }) => keepState(reply(request, 'ok')),
    });
    here.cast(machine, 'wait');
    here.cast(machine, 'go');
    here.cast(machine, 'later');
    await here.call(machine, 'end');
    expect(inShort(log)).toBe('a:wait a:go b:wait b:later b:end');
  });

  inBothPlaces('may be a call: its caller is answered in the later state', async ({ here, there }) => {
    const { machine } = await startRuled(there, {
      'a call': () => keepState(postpone()),
      'a go': () => nextState('b'),
      'b call': ({ request }) => keepState(reply(request, 'in b')),
    });
    const asked = here.call(machine, 'ask');
    here.cast(machine, 'go');
    expect(await asked).toBe('in b');
  });

  it('stays postponed as long as the state stays the same, also by nextState to the same', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, {
      'a wait': () => keepState(postpone()),
      same: () => nextState('a'),
      repeat: () => repeatState(),
    });
    await casts(node, machine, 'wait', 'same', 'keep', 'repeat');
    expect(inShort(log)).toBe('a:wait a:same a:keep a:repeat');
  });

  it('and others are handled again in the order they came, before what waits in the mailbox', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, {
      'a cast': ({ request }) => (request === 'go' ? nextState('b') : keepState(postpone())),
    });
    await casts(node, machine, 1, 2, 'go', 3);
    expect(inShort(log)).toBe('a:1 a:2 a:go b:1 b:2 b:3');
  });

  it('can be postponed again, and keeps its place', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, {
      'a 1': () => keepState(postpone()),
      'a 2': () => keepState(postpone()),
      'b 1': () => keepState(postpone()),
      'a go': () => nextState('b'),
      'b go': () => nextState('c'),
    });
    await casts(node, machine, 1, 2, 'go', 3, 'go');
    expect(inShort(log)).toBe('a:1 a:2 a:go b:1 b:2 b:3 b:go c:1');
  });

  it('is the event that changes the state, too: it is the first of the new state', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, {
      'a go': () => nextState('b', postpone()),
    });
    await casts(node, machine, 'go', 'next');
    expect(inShort(log)).toBe('a:go b:go b:next');
  });

  it('is behind all older ones when the state changes while those are handled', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, {
      'a 1': () => keepState(postpone()),
      'a 2': () => keepState(postpone()),
      'a go': () => nextState('b'),
      'b 1': () => nextState('c', postpone()),
    });
    await casts(node, machine, 1, 2, 'go');
    expect(inShort(log)).toBe('a:1 a:2 a:go b:1 c:1 c:2');
  });

  it('is none if postpone(false) follows in the list of actions: the last counts', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, {
      'a 1': () => keepState(postpone(), postpone(false)),
      'a 2': () => keepState(postpone(false), postpone()),
      'a go': () => nextState('b'),
    });
    await casts(node, machine, 1, 2, 'go');
    expect(inShort(log)).toBe('a:1 a:2 a:go b:2');
  });

  it('may be one of ten thousand', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, {
      'a cast': ({ request }) => (request === 'go' ? nextState('b') : keepState(postpone())),
    });
    const many = Array.from({ length: 10_000 }, (_, n) => n);
    for (const n of [...many, 'go']) node.cast(machine, n);
    node.cast(machine, 'end');
    await settle();
    expect(log).toHaveLength(20_002);
    const again = log.slice(10_001) as unknown[][];
    expect(again.map(([, , content]) => content)).toEqual([...many, 'end']);
  });
});

describe('an inserted event', () => {
  inBothPlaces(
    'is handled before any that was received, also if that came first',
    async ({ here, there }) => {
      const { machine, log } = await startRuled(there, {
        go: () => keepState(internal('inserted')),
        call: ({ request }) => keepState(reply(request, 'ok')),
      });
      here.cast(machine, 'go');
      here.cast(machine, 'waiting');
      await here.call(machine, 'end');
      expect(inShort(log)).toBe('a:go a:inserted a:waiting a:end');
    },
  );

  it('and others are handled in the order given', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, {
      go: () => keepState(internal(1), internal(2), internal(3)),
    });
    await casts(node, machine, 'go', 'end');
    expect(inShort(log)).toBe('a:go a:1 a:2 a:3 a:end');
  });

  it('of an inserted event comes before the rest of the inserted ones', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, {
      go: () => keepState(internal(1), internal(2)),
      1: () => keepState(internal('of 1')),
    });
    await casts(node, machine, 'go');
    expect(inShort(log)).toBe('a:go a:1 a:of 1 a:2');
  });

  it('comes before postponed events that are handled again', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, {
      'a wait': () => keepState(postpone()),
      'a go': () => nextState('b', internal('inserted')),
    });
    await casts(node, machine, 'wait', 'go');
    expect(inShort(log)).toBe('a:wait a:go b:inserted b:wait');
  });

  it('may itself be postponed', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, {
      'a go': () => keepState(internal('inserted')),
      'a inserted': () => keepState(postpone()),
      'a on': () => nextState('b'),
    });
    await casts(node, machine, 'go', 'on');
    expect(inShort(log)).toBe('a:go a:inserted a:on b:inserted');
  });

  it('may be of any type, as if it had come from outside', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, {
      call: (event, state) =>
        state === 'a' ? nextState('b', nextEvent(event)) : keepState(reply(event.request, 'b answers')),
      go: () =>
        keepState(
          nextEvent({ type: 'cast', request: 1 }),
          nextEvent({ type: 'info', message: 2 }),
          nextEvent({ type: 'eventTimeout', content: 3 }),
          nextEvent({ type: 'stateTimeout', content: 4 }),
          nextEvent({ type: 'namedTimeout', name: 'n', content: 5 }),
        ),
    });
    expect(await node.call(machine, 'ask')).toBe('b answers');
    await casts(node, machine, 'go');
    expect(log.slice(3)).toEqual([
      ['b', 'cast', 1],
      ['b', 'info', 2],
      ['b', 'eventTimeout', 3],
      ['b', 'stateTimeout', 4],
      ['b', 'n', 5],
    ]);
  });

  it('does not keep other processes, timers and sockets from their turns, however many there are', async () => {
    const node = await startTestNode();
    let handled = 0;
    const { machine } = await startRuled(node, {
      go: () => keepState(internal('again')),
      again: () => {
        handled += 1;
        return keepState(internal('again'));
      },
      stop: () => stop('done'),
    });
    node.cast(machine, 'go');
    // Each of these turns is one that it did not keep for itself.
    while (handled <= 1_000) await new Promise((resolve) => setImmediate(resolve));
    const { reason } = await watch(node, machine);
    node.exitSignal(machine, 'enough');
    expect(await reason).toBe('enough');
  });
});
