import {
  BadArgumentError,
  continueWith,
  ignore,
  noReply,
  reply,
  stop,
  type Node,
  type ServerPid,
} from '@trestle/runtime';
import { inBothPlaces, quiet } from '../support/both-places';
import { startScripted, type Script, type Scripted } from '../support/scripted-server';
import { logOf, settle, startTestNode, watch } from '../support/test-node';

/* What each callback of a server may return, and what becomes of a server that returns something else. */

type Act = (node: Node, pid: ServerPid<Scripted>) => unknown;

const errorOf = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => 'done',
    (error: unknown) => error,
  );
const call: Act = (node, pid) => errorOf(node.call(pid, 'x'));
const cast: Act = (node, pid) => {
  node.cast(pid, 'x');
};
const send: Act = (node, pid) => {
  node.send(pid, 'x');
};

/** The callbacks, and how each is made to return something. */
const callbacks: [string, (result: () => unknown) => Script, Act][] = [
  ['handleCall', (result) => ({ call: result }), call],
  ['handleCast', (result) => ({ cast: result }), cast],
  ['handleInfo', (result) => ({ info: result }), send],
  ['handleContinue', (result) => ({ cast: () => continueWith('on'), goOn: result }), cast],
];

/** What is a result of none of them, or not of all. */
const values: [string, unknown, unknown][] = [
  ['a number', 5, 5],
  ['null', null, null],
  ['a text', 'ok', 'ok'],
  ['an object that looks like a result', { kind: 'noReply' }, { kind: 'noReply' }],
  ['ignore()', ignore(), 'ignore'],
  ['true', true, true],
];

describe.each(callbacks)('%s that returns', (callback, scriptOf, act) => {
  it.each(values)('%s ends the server with badReturnValue, after terminate', async (_what, value, shown) => {
    const node = await startTestNode();
    for (const result of [() => value, () => Promise.resolve(value)]) {
      const { pid, log } = await startScripted(node, scriptOf(result));
      const end = await watch(node, pid);
      act(node, pid);
      const reason = { type: 'badReturnValue', callback, value: shown };
      expect(await end.reason).toEqual(reason);
      expect(log.at(-1)).toEqual(['terminate', reason]);
    }
  });

  it('stop(reason) ends it with that', async () => {
    const node = await startTestNode();
    const { pid, log } = await startScripted(
      node,
      scriptOf(() => stop('shutdown')),
    );
    const end = await watch(node, pid);
    act(node, pid);
    expect(await end.reason).toBe('shutdown');
    expect(log.at(-1)).toEqual(['terminate', 'shutdown']);
  });

  it('noReply() goes on with the next message', async () => {
    const node = await startTestNode();
    const { pid } = await startScripted(
      node,
      scriptOf(() => noReply()),
    );
    act(node, pid);
    await settle();
    expect(node.isAlive(pid)).toBe(true);
    expect(logOf(node)).toStrictEqual([]);
  });

  it('noReply(continueWith(term)) goes on with that before any message', async () => {
    const node = await startTestNode();
    let times = 0;
    const script = scriptOf(() => (times++ === 0 ? noReply(continueWith('next')) : noReply()));
    const { pid, log } = await startScripted(node, script);
    act(node, pid);
    node.send(pid, 'behind');
    await settle();
    const order = log.map((entry: any) => (entry[0] === 'continue' ? entry[1] : (entry[1] as unknown)));
    expect(order.indexOf('next')).toBeGreaterThan(0);
    expect(order.indexOf('next')).toBeLessThan(order.indexOf('behind'));
  });
});

describe('a result that is made of wrong parts is refused where it is made', () => {
  it.each([
    ['reply(request, value, noReply())', () => reply({}, 1, noReply() as never)],
    ['reply(request, value, 5)', () => reply({}, 1, 5 as never)],
    ['noReply(stop(reason))', () => noReply(stop('x') as never)],
    ['stop(reason, noReply())', () => stop('x', noReply() as never)],
    ['stop(reason, value)', () => stop('x', 5 as never)],
    ['stop(reason, null)', () => stop('x', null as never)],
  ])('%s', (_what, make) => {
    expect(make).toThrow(BadArgumentError);
  });
});

describe('a reply with a continuation', () => {
  inBothPlaces('is sent before that runs', async (places) => {
    const { here, there } = places;
    let open!: () => void;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const { pid, log } = await startScripted(there, {
      call: (request) => reply(request, 'at once', continueWith('slow')),
      goOn: () => opened,
    });
    expect(await here.call(pid, 'x')).toBe('at once');
    const next = here.call(pid, 'y');
    await quiet(places);
    expect(log.length).toBe(2);
    open();
    await next;
    expect(log.slice(0, 3)).toEqual([
      ['call', 'x'],
      ['continue', 'slow'],
      ['call', 'y'],
    ]);
  });

  inBothPlaces('that fails in it has been sent all the same', async ({ here, there }) => {
    const { pid } = await startScripted(there, {
      call: (request) => reply(request, 'sent', continueWith('x')),
      goOn: () => Promise.reject(new Error('afterwards')),
    });
    const end = await watch(here, pid);
    expect(await here.call(pid, 'x')).toBe('sent');
    expect(await end.reason).toMatchObject({ message: 'afterwards' });
  });
});

describe('continuations', () => {
  it('follow each other as long as one returns the next, before any message', async () => {
    const node = await startTestNode();
    const { pid, log } = await startScripted(node, {
      init: () => continueWith(3),
      goOn: (n) => (n === 0 ? undefined : continueWith(n - 1)),
    });
    node.send(pid, 'behind');
    await settle();
    expect(log).toEqual([
      ['continue', 3],
      ['continue', 2],
      ['continue', 1],
      ['continue', 0],
      ['info', 'behind'],
    ]);
  });

  it('may be async, in part', async () => {
    const node = await startTestNode();
    const { pid, log } = await startScripted(node, {
      cast: async () => Promise.resolve(continueWith(2)),
      goOn: (n) => (n === 2 ? Promise.resolve(continueWith(1)) : undefined),
    });
    node.cast(pid, 'x');
    node.send(pid, 'behind');
    await settle();
    expect(log).toEqual([
      ['cast', 'x'],
      ['continue', 2],
      ['continue', 1],
      ['info', 'behind'],
    ]);
  });

  it('without end do not starve other processes, and can be killed', async () => {
    const node = await startTestNode();
    const { pid } = await startScripted(node, {
      init: () => continueWith(0),
      goOn: (n: number) => continueWith(n + 1),
    });
    const other = await startScripted(node);
    expect(await node.call(other.pid, 'x')).toBe('x');
    node.exitSignal(pid, 'kill');
    expect(node.isAlive(pid)).toBe(false);
  });

  it('come before the exit of who started the server, which has come before them', async () => {
    const node = await startTestNode();
    const log: unknown[] = [];
    const { pid } = await startScripted(node, {
      log,
      cast: (_request, me) => {
        me.self.exitSignal(me.self.pid, 'asked');
        return continueWith('first');
      },
      traps: true,
    });
    node.cast(pid, 'x');
    await settle();
    expect(log).toMatchObject([
      ['cast', 'x'],
      ['continue', 'first'],
      ['info', { type: 'EXIT', reason: 'asked' }],
    ]);
  });

  it('take any term', async () => {
    const node = await startTestNode();
    const terms = [undefined, null, 0, stop('data'), { a: 1 }];
    const { pid, log } = await startScripted(node, { cast: (index) => continueWith(terms[index]) });
    for (const index of terms.keys()) node.cast(pid, index);
    await settle();
    expect(log.filter((entry: any) => entry[0] === 'continue')).toEqual(
      terms.map((term) => ['continue', term]),
    );
  });
});
