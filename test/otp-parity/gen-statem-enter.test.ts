import {
  GenStatem,
  initialState,
  keepState,
  nextEvent,
  nextState,
  postpone,
  repeatState,
  reply,
  ReplyPort,
  replyTo,
  stateTimeout,
  stop,
  type Node,
  type ServerPid,
} from '@trestle/runtime';
import { inBothPlaces } from '../support/both-places';
import { Entering, startRuled, type Scripted } from '../support/scripted-statem';
import { settle, startTestNode, watch } from '../support/test-node';

async function casts(node: Node, machine: ServerPid<Scripted>, ...requests: unknown[]): Promise<void> {
  for (const request of requests) node.cast(machine, request);
  await settle();
}

describe('a state enter call', () => {
  inBothPlaces(
    'of the first state comes before any event, from that state itself',
    async ({ here, there }) => {
      const { machine, log } = await startRuled(
        there,
        { call: ({ request }) => keepState(reply(request, 'ok')) },
        { enters: true },
      );
      await here.call(machine, 'ask');
      expect(log).toEqual([
        ['a', 'enter', 'a'],
        ['a', 'call', 'ask'],
      ]);
    },
  );

  it('of the first state comes when the start is done: an error in it does not fail the start', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, { enter: () => stop('no') }, { enters: true });
    const { reason } = await watch(node, machine);
    expect(await reason).toMatch(/^no(proc)?$/);
    expect(log).toEqual([
      ['a', 'enter', 'a'],
      ['a', 'terminate', 'no'],
    ]);
  });

  it('comes after the event that changed the state, before any other, with the old state', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(
      node,
      {
        'a wait': () => keepState(postpone()),
        'a go': () => nextState('b', nextEvent({ type: 'internal', content: 'inserted' })),
      },
      { enters: true },
    );
    await casts(node, machine, 'wait', 'go');
    expect(log.slice(2)).toEqual([
      ['a', 'cast', 'go'],
      ['b', 'enter', 'a'],
      ['b', 'internal', 'inserted'],
      ['b', 'cast', 'wait'],
    ]);
  });

  it('does not come without stateEnter', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, { go: () => nextState('b'), again: () => repeatState() });
    await casts(node, machine, 'go', 'again');
    expect(log).toEqual([
      ['a', 'cast', 'go'],
      ['b', 'cast', 'again'],
    ]);
  });

  it('does not come by nextState to the same state, nor by keepState', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(
      node,
      { same: () => nextState('a'), keep: () => keepState() },
      { enters: true },
    );
    await casts(node, machine, 'same', 'keep');
    expect(log.slice(1)).toEqual([
      ['a', 'cast', 'same'],
      ['a', 'cast', 'keep'],
    ]);
  });

  it('of states that are objects does not come if the contents are the same', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(
      node,
      { same: () => nextState({ n: 0 }), other: () => nextState({ n: 1 }) },
      { enters: true, init: () => initialState({ n: 0 }) },
    );
    await casts(node, machine, 'same', 'other');
    expect(log.slice(2)).toEqual([
      [{ n: 0 }, 'cast', 'other'],
      [{ n: 1 }, 'enter', { n: 0 }],
    ]);
  });

  it('is repeated by repeatState, with the state itself as the old one', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(node, { again: () => repeatState() }, { enters: true });
    await casts(node, machine, 'again');
    expect(log).toEqual([
      ['a', 'enter', 'a'],
      ['a', 'cast', 'again'],
      ['a', 'enter', 'a'],
    ]);
  });

  it('that returns repeatState is made once more', async () => {
    const node = await startTestNode();
    let entered = 0;
    const { machine, log } = await startRuled(
      node,
      { enter: () => ((entered += 1) < 3 ? repeatState() : keepState()) },
      { enters: true },
    );
    await casts(node, machine, 'end');
    expect(log.map((entry) => (entry as unknown[])[1])).toEqual(['enter', 'enter', 'enter', 'cast']);
  });

  inBothPlaces('comes after the replies of the event, and may reply itself', async ({ here, there }) => {
    const order: unknown[] = [];
    let kept!: ReplyPort<string>;
    const { machine } = await startRuled(
      there,
      {
        keep: ({ from }) => void (kept = new ReplyPort(from)),
        go: ({ request }) => nextState('b', reply(request, 'by the event')),
        'b enter': () => keepState(replyTo(kept, 'by the enter call')),
      },
      { enters: true },
    );
    const note = (value: unknown): void => void order.push(value);
    await Promise.all([here.call(machine, 'keep').then(note), here.call(machine, 'go').then(note)]);
    expect(order).toEqual(['by the event', 'by the enter call']);
  });

  it('may set a timeout, in place of that of the event', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(
      node,
      {
        go: () => nextState('b', stateTimeout(0, 'of the event')),
        'b enter': () => keepState(stateTimeout(0, 'of the enter call')),
      },
      { enters: true },
    );
    await casts(node, machine, 'go');
    expect(log.slice(3)).toEqual([['b', 'stateTimeout', 'of the enter call']]);
  });

  it('may be async: no event is handled until it is done', async () => {
    const node = await startTestNode();
    let go!: () => void;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const { machine, log } = await startRuled(
      node,
      { go: () => nextState('b', nextEvent({ type: 'internal', content: 1 })), 'b enter': () => gate },
      { enters: true },
    );
    await casts(node, machine, 'go', 2);
    expect(log.at(-1)).toEqual(['b', 'enter', 'a']);
    go();
    await settle();
    expect(log.slice(-2)).toEqual([
      ['b', 'internal', 1],
      ['b', 'cast', 2],
    ]);
  });

  it('that fails ends the machine, in the state it was entering', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(
      node,
      {
        go: () => nextState('b'),
        'b enter': () => {
          throw new Error('fault');
        },
      },
      { enters: true },
    );
    const { reason } = await watch(node, machine);
    node.cast(machine, 'go');
    expect(await reason).toMatchObject({ message: 'fault' });
    expect((log.at(-1) as unknown[])[0]).toBe('b');
  });

  it('may take back that the event which led there is postponed', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(
      node,
      {
        'a go': () => nextState('b', postpone()),
        'b enter': () => keepState(postpone(false)),
      },
      { enters: true },
    );
    await casts(node, machine, 'go');
    expect(log.slice(1)).toEqual([
      ['a', 'cast', 'go'],
      ['b', 'enter', 'a'],
    ]);
  });

  it.each<[string, () => unknown, unknown]>([
    ['go to another state', () => nextState('c'), { type: 'badReturnValue' }],
    ['postpone', () => keepState(postpone()), { type: 'badAction' }],
    ['insert events', () => keepState(nextEvent({ type: 'internal', content: 1 })), { type: 'badAction' }],
  ])('cannot %s', async (_what, enter, expected) => {
    const node = await startTestNode();
    const { machine } = await startRuled(
      node,
      { go: () => nextState('b'), 'b enter': enter },
      { enters: true },
    );
    const { reason } = await watch(node, machine);
    node.cast(machine, 'go');
    expect(await reason).toMatchObject(expected as object);
  });

  it('may name the state it enters as the next one', async () => {
    const node = await startTestNode();
    const { machine, log } = await startRuled(
      node,
      { go: () => nextState('b'), 'b enter': () => nextState('b') },
      { enters: true },
    );
    await casts(node, machine, 'go', 'end');
    expect(log.at(-1)).toEqual(['b', 'cast', 'end']);
  });

  it('goes to the function of the state, like an event', async () => {
    interface Types {
      state: 'off' | 'on';
      casts: 'flip';
    }
    const entered: unknown[] = [];
    class Light extends GenStatem<Types> {
      static override readonly stateEnter = true;
      init() {
        return initialState('off');
      }
      off(event: any) {
        entered.push(['off', event]);
        return event.type === 'cast' ? nextState('on') : keepState();
      }
      on(event: any) {
        entered.push(['on', event]);
        return keepState();
      }
    }
    const node = await startTestNode();
    node.cast(await node.start(Light), 'flip');
    await settle();
    expect(entered).toEqual([
      ['off', { type: 'enter', oldState: 'off' }],
      ['off', { type: 'cast', request: 'flip' }],
      ['on', { type: 'enter', oldState: 'off' }],
    ]);
    expect(Entering.stateEnter).toBe(true);
  });
});
