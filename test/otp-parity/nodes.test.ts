import {
  GenServer,
  noReply,
  reply,
  type CallResult,
  type From,
  type Node,
  type Pid,
  type TrestleError,
} from '@trestle/runtime';
import { believesInLink, puppet, quiet, startCluster } from '../support/both-places';
import { idle, partsOf, settle } from '../support/test-node';

/** Keeps its callers waiting until it is told to answer. */
class Slow extends GenServer<any, any> {
  readonly waiting: From[] = [];
  override handleCall(request: any, from: From): CallResult {
    if (request === 'count') return reply(request, this.waiting.length);
    this.waiting.push(from);
    return noReply();
  }
  override handleCast(value: unknown): void {
    for (const from of this.waiting.splice(0)) from.reply(value);
  }
}

const codeOf = (error: unknown): string => (error as TrestleError).code;
type Start = Awaited<ReturnType<typeof startCluster>>;

let start: Start;
let here: Node;
let there: Node;

beforeEach(async () => {
  start = await startCluster();
  here = await start('here');
  there = await start('there');
});

/** Resolves when a node hears of another. */
function hears(node: Node, event: 'nodeup' | 'nodedown', of: string): Promise<void> {
  return new Promise((resolve) => {
    const listener = (message: { readonly node: string }): void => {
      if (message.node !== of) return;
      node.events.off(event, listener);
      resolve();
    };
    node.events.on(event, listener);
  });
}

/** A process that writes down what it receives, and what `list()` said then. */
function chronicle(node: Node): Promise<{ readonly pid: Pid; readonly entries: any[]; self: any }> {
  return new Promise((resolve) => {
    node.spawn<any>(async (self) => {
      const entries: unknown[] = [];
      self.trapExit(true);
      self.monitorNodes(true);
      resolve({ pid: self.pid, entries, self });
      for (;;) {
        const message: any = await self.receive();
        entries.push(
          message.type === 'nodeup' || message.type === 'nodedown'
            ? [message.type, message.node, node.list().includes(message.node)]
            : [message.type ?? message, message.reason],
        );
      }
    });
  });
}

describe('nodeup and nodedown', () => {
  it('frame everything that comes from the node, when list() has changed, on both sides', async () => {
    const [a, b] = [await chronicle(here), await chronicle(there)];
    // The first signals open the connection themselves.
    for (const [from, to] of [
      [b, a],
      [a, b],
    ] as const) {
      from.self.send(to.pid, 'hello');
      from.self.link(to.pid);
      from.self.monitor(to.pid);
    }
    await hears(here, 'nodeup', there.name);
    await quiet({ here, there });
    const down = Promise.all([hears(here, 'nodedown', there.name), hears(there, 'nodedown', here.name)]);
    expect(await here.disconnect(there.name)).toBe(true);
    expect(here.list()).toStrictEqual([]);
    await down;
    await settle();
    const story = (other: Node): unknown[] => [
      ['nodeup', other.name, true],
      ['hello', undefined],
      ['EXIT', 'noconnection'],
      ['DOWN', 'noconnection'],
      ['nodedown', other.name, false],
    ];
    expect(a.entries).toEqual(story(there));
    expect(b.entries).toEqual(story(here));
  });

  it('come behind EXIT and DOWN, though the connection is given up while a process ends', async () => {
    const [a, target, ending] = [await chronicle(here), await puppet(there), await puppet(here)];
    await here.connect(there.name);
    a.self.link(target.pid);
    a.self.monitor(target.pid);
    await quiet({ here, there });
    ending.self.signal.addEventListener('abort', () => void here.disconnect(there.name));
    here.exitSignal(ending.pid, 'kill');
    await settle();
    expect(a.entries.map(([type]) => type)).toEqual(['nodeup', 'EXIT', 'DOWN', 'nodedown']);
  });

  it('come once for each monitorNodes(true), and not after one false', async () => {
    const a = await chronicle(here);
    a.self.monitorNodes(true);
    await here.connect(there.name);
    await quiet({ here, there });
    expect(a.entries).toHaveLength(2);
    a.self.monitorNodes(false);
    await here.disconnect(there.name);
    await quiet({ here, there });
    expect(a.entries).toHaveLength(2);
  });

  it('do not tell of hidden nodes, nor does list()', async () => {
    const ghost = await start('ghost', { hidden: true });
    const [a, g] = [await chronicle(here), await chronicle(ghost)];
    await here.connect(there.name);
    expect(await ghost.connect(here.name)).toBe(true);
    await quiet({ here, there: ghost });
    expect(a.entries).toEqual([['nodeup', there.name, true]]);
    expect(g.entries).toStrictEqual([]);
    expect([here.list(), here.list('hidden'), here.list('connected').sort()]).toEqual([
      [there.name],
      [ghost.name],
      [ghost.name, there.name],
    ]);
    expect([ghost.list(), ghost.list('hidden'), there.list('connected')]).toEqual([
      [],
      [here.name],
      [here.name],
    ]);
    // What is hidden can be used all the same.
    const slow = await ghost.start(Slow, { name: 'slow' });
    expect(await here.call<any, any>(slow, 'count')).toBe(0);
  });

  it('of hidden nodes come to those who ask for them by nodeType, and say what each node is', async () => {
    const told = { all: await puppet(here), hidden: await puppet(here), visible: await puppet(here) };
    for (const nodeType of ['all', 'hidden', 'visible'] as const)
      told[nodeType].self.monitorNodes(true, { nodeType });
    const ghost = await start('ghost', { hidden: true });
    const haunted = await puppet(ghost);
    haunted.self.monitorNodes(true, { nodeType: 'hidden' });
    await here.connect(there.name);
    await ghost.connect(here.name);
    await quiet({ here, there: ghost });
    await ghost.disconnect(here.name);
    await settle();
    await here.disconnect(there.name);
    await settle();
    const [seen, unseen] = [
      { node: there.name, nodeType: 'visible' },
      { node: ghost.name, nodeType: 'hidden' },
    ];
    const pair = (what: object) => [
      { type: 'nodeup', ...what },
      { type: 'nodedown', ...what, reason: expect.anything() },
    ];
    const [up, down] = pair(seen);
    expect(told.all.inbox).toEqual([up, ...pair(unseen), down]);
    expect(told.hidden.inbox).toEqual(pair(unseen));
    expect(told.visible.inbox).toEqual(pair(seen));
    // To a hidden node every other is.
    expect(haunted.inbox).toEqual(pair({ node: here.name, nodeType: 'hidden' }));
  });

  it('come once for each time a process asked, whatever it asked for each time', async () => {
    const { self, inbox } = await puppet(here);
    self.monitorNodes(true);
    self.monitorNodes(true, { nodeType: 'all' });
    self.monitorNodes(true, { nodeType: 'hidden' });
    await here.connect(there.name);
    await quiet({ here, there });
    expect(inbox).toEqual([
      { type: 'nodeup', node: there.name },
      { type: 'nodeup', node: there.name, nodeType: 'visible' },
    ]);
    for (const flag of [true, false]) {
      expect(() => self.monitorNodes(flag, { nodeType: 'secret' as 'all' })).toThrow(
        "'visible', 'hidden' or 'all'",
      );
    }
  });

  it('end by monitorNodes(false) for what was asked with the same options, and for nothing else', async () => {
    const { self, inbox } = await puppet(here);
    self.monitorNodes(true);
    self.monitorNodes(true, { leaving: true });
    self.monitorNodes(true, { nodeType: 'visible' });
    self.monitorNodes(true, { nodeType: 'visible', leaving: false });
    self.monitorNodes(true, { nodeType: 'all' });
    self.monitorNodes(false, { nodeType: 'visible' });
    self.monitorNodes(false, { nodeType: 'hidden' });
    self.monitorNodes(false);
    await here.connect(there.name);
    await quiet({ here, there });
    expect(inbox).toStrictEqual([
      { type: 'nodeup', node: there.name },
      { type: 'nodeup', node: there.name, nodeType: 'visible' },
    ]);
    self.monitorNodes(false, { leaving: true });
    self.monitorNodes(false, { nodeType: 'all' });
    await here.disconnect(there.name);
    await quiet({ here, there });
    expect(inbox).toHaveLength(2);
  });

  it('come in pairs when a node is killed and starts again under its name', async () => {
    const a = await chronicle(here);
    await here.connect(there.name);
    const down = hears(here, 'nodedown', there.name);
    await there.stop();
    await down;
    const again = await start('there');
    expect(await here.ping(again.name)).toBe('pong');
    expect(a.entries.map(([type]) => type)).toEqual(['nodeup', 'nodedown', 'nodeup']);
  });
});

describe('a lost connection', () => {
  it('fails the calls that wait at once, and drops their late replies', async () => {
    const slow = await there.start(Slow, { name: 'slow' });
    const calls = [slow, { name: 'slow', node: there.name }].map((to: any) =>
      here.call<any, any>(to, 'x', { timeoutMs: Infinity }).catch(codeOf),
    );
    const rpc = here.rpc.call(there.name, 'Slow', 'forever').catch(codeOf);
    there.expose('Slow', { forever: () => new Promise(() => undefined) });
    await quiet({ here, there });
    expect(await here.call<any, any>(slow, 'count')).toBe(2);
    await there.disconnect(here.name);
    expect(await Promise.all(calls)).toEqual(['ERR_NODEDOWN', 'ERR_NODEDOWN']);
    expect(['ERR_NODEDOWN', 'ERR_NOT_EXPOSED']).toContain(await rpc);
    const next = here.call<any, any>(slow, 'x');
    await quiet({ here, there });
    expect(await here.call<any, any>(slow, 'count')).toBe(3);
    here.cast<any>(slow, 'late or not');
    expect(await next).toBe('late or not');
    await quiet({ here, there });
    expect(partsOf(there).table.get(slow)?.openCalls.count()).toBe(0);
  });

  it('takes links and monitors from both sides, for new ones to be made on the next use', async () => {
    const [a, b] = [await puppet(here, true), await puppet(there, true)];
    a.self.link(b.pid);
    await quiet({ here, there });
    const down = Promise.all([hears(here, 'nodedown', there.name), hears(there, 'nodedown', here.name)]);
    await here.disconnect(there.name);
    await down;
    const noconnection = (from: Pid): unknown => ({ type: 'EXIT', from, reason: 'noconnection' });
    await quiet({ here, there });
    expect([a.inbox.splice(0), b.inbox.splice(0)]).toEqual([[noconnection(b.pid)], [noconnection(a.pid)]]);
    expect([believesInLink(here, a, b), believesInLink(there, b, a)]).toEqual([false, false]);
    b.self.link(a.pid);
    await quiet({ here, there });
    here.exitSignal(a.pid, 'kill');
    await quiet({ here, there });
    expect(b.inbox).toEqual([{ type: 'EXIT', from: a.pid, reason: 'killed' }]);
  });

  it('ends who is linked and does not trap exits, with noconnection', async () => {
    const [a, b] = [await puppet(here), await puppet(there)];
    a.self.link(b.pid);
    await quiet({ here, there });
    await here.disconnect(there.name);
    expect(here.isAlive(a.pid)).toBe(false);
    expect(await here.ping(there.name)).toBe('pong');
    await quiet({ here, there });
    expect(there.isAlive(b.pid)).toBe(false);
  });
});

describe('a node that stops', () => {
  it('fails at once the calls of other nodes that it has not answered', async () => {
    const slow = await there.start(Slow);
    there.expose('Slow', { forever: () => new Promise(() => undefined) });
    const call = here.call<any, any>(slow, 'x', { timeoutMs: Infinity }).catch(codeOf);
    const rpc = here.rpc.call(there.name, 'Slow', 'forever').catch(codeOf);
    await quiet({ here, there });
    await there.stop();
    expect([await call, await rpc]).toEqual(['ERR_NODEDOWN', 'ERR_NODEDOWN']);
  });

  it('is lost to those linked to its processes, and those that monitor them', async () => {
    const [a, b] = [await chronicle(here), await puppet(there, true)];
    a.self.link(b.pid);
    a.self.monitor(b.pid);
    await quiet({ here, there });
    const down = hears(here, 'nodedown', there.name);
    await there.stop();
    await down;
    await settle();
    expect(a.entries).toEqual([
      ['nodeup', there.name, true],
      ['EXIT', 'noconnection'],
      ['DOWN', 'noconnection'],
      ['nodedown', there.name, false],
    ]);
    expect(b.inbox).toStrictEqual([]);
  });

  it('by System.stop answers first, and is gone then', async () => {
    const down = hears(here, 'nodedown', there.name);
    expect(await here.rpc.call(there.name, 'System', 'stop')).toBe('ok');
    await down;
    await there.stopped;
    expect(await here.ping(there.name)).toBe('pang');
    await expect(here.rpc.call(there.name, 'Node', 'self')).rejects.toMatchObject({ code: 'ERR_NODEDOWN' });
  });

  it('can stop while another node is dialling it, and calls it', async () => {
    const calls = Array.from({ length: 5 }, () => here.rpc.call(there.name, 'Node', 'self').catch(codeOf));
    await there.stop();
    for (const outcome of await Promise.all(calls)) {
      expect([there.name, 'ERR_NODEDOWN', 'ERR_NOPROC', 'ERR_SERVER_EXIT']).toContain(outcome);
    }
  });
});

describe('a call that timed out', () => {
  it('gets no late reply, and none that was meant for the next call', async () => {
    const slow = await there.start(Slow);
    await expect(here.call<any, any>(slow, 'x', { timeoutMs: 10 })).rejects.toMatchObject({
      code: 'ERR_CALL_TIMEOUT',
    });
    const { inbox } = idle(here);
    const next = here.call<any, any>(slow, 'y');
    await quiet({ here, there });
    here.cast<any>(slow, 'answer');
    expect(await next).toBe('answer');
    await quiet({ here, there });
    expect(inbox).toStrictEqual([]);
  });
});

describe('rpc', () => {
  it('is served again when its server was killed', async () => {
    here.exitSignal({ name: 'rpc', node: there.name }, 'kill');
    here.exitSignal('rpc', 'kill');
    await quiet({ here, there });
    expect(await here.rpc.call(there.name, 'Node', 'self')).toBe(there.name);
  });

  it('tells its failures apart', async () => {
    there.expose('Fails', {
      throwing: () => {
        throw new RangeError('too far');
      },
      rejecting: () => Promise.reject(new Error('later')),
      odd: () => () => 1,
      slow: () => new Promise(() => undefined),
    });
    const outcome = (fn: string, options = {}): Promise<unknown> =>
      here.rpc.call(there.name, 'Fails', fn, [], options).catch((error: unknown) => error);
    expect(await outcome('throwing')).toMatchObject({ code: 'ERR_REMOTE', cause: { name: 'RangeError' } });
    expect(await outcome('rejecting')).toMatchObject({ code: 'ERR_REMOTE', cause: { message: 'later' } });
    expect(await outcome('odd')).toMatchObject({ code: 'ERR_REMOTE', cause: { code: 'ERR_UNSENDABLE' } });
    expect(await outcome('none')).toMatchObject({ code: 'ERR_NOT_EXPOSED' });
    expect(await outcome('constructor')).toMatchObject({ code: 'ERR_NOT_EXPOSED' });
    expect(await outcome('slow', { timeoutMs: 10 })).toMatchObject({ code: 'ERR_CALL_TIMEOUT' });
    expect(await here.rpc.call('nobody@127.0.0.1', 'Node', 'self').catch(codeOf)).toBe('ERR_NODEDOWN');
    expect(await here.rpc.call(there.name, 'Fails', 'odd', [() => 1]).catch(codeOf)).toBe('ERR_UNSENDABLE');
    expect(
      (await here.rpc.multicall([here.name, there.name, 'nobody@127.0.0.1'], 'Node', 'self')).map(
        (one: any) => one.value ?? one.reason.code,
      ),
    ).toEqual([here.name, there.name, 'ERR_NODEDOWN']);
  });
});
