import {
  GenServer,
  localName,
  noReply,
  reply,
  type Call,
  type CallResult,
  type From,
  type TrestleError,
} from '@trestle/runtime';

import { LinkedNodes, type TestNode } from './linked-nodes';

type EchoCall =
  | Call<{ type: 'echo'; value: unknown }, unknown>
  | Call<{ type: 'never' }, unknown>
  | Call<{ type: 'unsendable' }, unknown>
  | Call<{ type: 'crash'; reason: unknown }, unknown>;

class Echo extends GenServer<EchoCall, { value: unknown }> {
  readonly casts: unknown[] = [];

  override handleCall(request: EchoCall, _from: From): CallResult {
    switch (request.type) {
      case 'echo':
        return reply(request, request.value);
      case 'never':
        return noReply();
      case 'unsendable':
        return reply(request, () => {});
      case 'crash':
        this.self.exit(request.reason);
    }
  }
  override handleCast(cast: { value: unknown }): void {
    this.casts.push(cast.value);
  }
}
const echo = localName<Echo>('echo');

describe('nodes that connect', () => {
  let nodes: LinkedNodes;
  beforeEach(() => void (nodes = new LinkedNodes()));
  afterEach(() => nodes.stop());

  it('know each other, and hear of it once', async () => {
    const [a, b] = (await nodes.connected('a@h', 'b@h')) as [TestNode, TestNode];
    expect([a.node.list(), b.node.list()]).toEqual([['b@h'], ['a@h']]);
    expect([a.events, b.events]).toEqual([['nodeup b@h'], ['nodeup a@h']]);
    expect(await a.node.connect('b@h')).toBe(true);
    expect(nodes.network.dialled).toHaveLength(1);
  });

  it('share one attempt', async () => {
    const a = await nodes.start('a@h');
    await nodes.start('b@h');
    const attempts = [a.node.connect('b@h'), a.node.connect('b@h'), a.node.ping('b@h')];
    expect(await Promise.all(attempts)).toEqual([true, true, 'pong']);
    expect(nodes.network.dialled).toHaveLength(1);
  });

  it('are connected with themselves', async () => {
    const a = await nodes.start('a@h');
    expect([await a.node.connect('a@h'), await a.node.ping('a@h')]).toEqual([true, 'pong']);
    expect(a.node.list()).toStrictEqual([]);
  });

  it('see that a node is not there', async () => {
    const a = await nodes.start('a@h');
    expect([await a.node.connect('z@h'), await a.node.ping('z@h')]).toEqual([false, 'pang']);
    expect(a.events).toStrictEqual([]);
  });

  it('end with one connection when both dial', async () => {
    const [a, b] = [await nodes.start('a@h'), await nodes.start('b@h')];
    expect(await Promise.all([a.node.connect('b@h'), b.node.connect('a@h')])).toEqual([true, true]);
    await nodes.settled();
    expect([a.events, b.events]).toEqual([['nodeup b@h'], ['nodeup a@h']]);
    expect(nodes.network.open).toBe(2);
  });

  it('are all connected when each joins one', async () => {
    const all = await nodes.connected('a@h', 'b@h', 'c@h', 'd@h');
    await nodes.settled();
    expect(all.map(({ node }) => node.list().length)).toEqual([3, 3, 3, 3]);
    expect(all.map(({ events }) => events.length)).toEqual([3, 3, 3, 3]);
  });

  it('do not tell of hidden nodes, and hidden nodes do not join the others', async () => {
    const [a, b] = (await nodes.connected('a@h', 'b@h')) as [TestNode, TestNode];
    const hidden = await nodes.start('hidden@h', { hidden: true });
    await hidden.node.connect('a@h');
    const c = await nodes.start('c@h');
    await c.node.connect('a@h');
    await nodes.settled();
    expect([a.node.list(), a.node.list('hidden')]).toEqual([['b@h', 'c@h'], ['hidden@h']]);
    expect(a.node.list('connected')).toEqual(['b@h', 'hidden@h', 'c@h']);
    expect([b.node.list('connected'), c.node.list('connected')]).toEqual([
      ['a@h', 'c@h'],
      ['a@h', 'b@h'],
    ]);
    expect([hidden.node.list(), hidden.node.list('hidden')]).toEqual([[], ['a@h']]);
    expect([hidden.events, a.events]).toEqual([[], ['nodeup b@h', 'nodeup c@h']]);
  });

  it('connect on first use, and deliver in order what was sent meanwhile', async () => {
    const [a, b] = [await nodes.start('a@h'), await nodes.start('b@h')];
    const got: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      const pid = b.node.spawn<number>(async (self) => {
        for (let n = 0; n < 1_000; n++) got.push(await self.receive());
        resolve();
      });
      for (let n = 0; n < 1_000; n++) a.node.send(pid, n);
    });
    await done;
    expect(got).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
  });

  it('answer what was sent meanwhile with noconnection when nobody is reached', async () => {
    const a = await nodes.start('a@h');
    const release = nodes.network.holdDials();
    const b = await nodes.start('b@h');
    const target = b.node.spawn(async (self) => self.receive());
    const heard: unknown[] = [];
    a.node.spawn(async (self) => {
      self.trapExit(true);
      self.link(target);
      self.monitor(target);
      for (;;) heard.push(await self.receive());
    });
    const call = a.node.call(echo.on('b@h'), { type: 'echo', value: 1 });
    const failed = expect(call).rejects.toMatchObject({ code: 'ERR_NODEDOWN', node: 'b@h' });
    await nodes.settled();
    await b.node.stop();
    release();
    await failed;
    await nodes.settled();
    expect(heard).toMatchObject([
      { type: 'EXIT', from: target, reason: 'noconnection' },
      { type: 'DOWN', pid: target, reason: 'noconnection' },
    ]);
  });

  it('tell whether they were connected when they disconnect, and connect again on use', async () => {
    const [a, b] = (await nodes.connected('a@h', 'b@h')) as [TestNode, TestNode];
    expect([await a.node.disconnect('b@h'), await a.node.disconnect('b@h')]).toEqual([true, false]);
    await nodes.settled();
    expect([a.events, b.events]).toEqual([
      ['nodeup b@h', 'nodedown b@h disconnect'],
      ['nodeup a@h', 'nodedown a@h disconnect'],
    ]);
    await b.node.start(Echo, { name: echo });
    expect(await a.node.call(echo.on('b@h'), { type: 'echo', value: 1 })).toBe(1);
    expect(b.node.list()).toEqual(['a@h']);
  });

  it('give an attempt up when they disconnect meanwhile', async () => {
    const [a, b] = [await nodes.start('a@h'), await nodes.start('b@h')];
    const attempt = a.node.connect('b@h');
    expect(await a.node.disconnect('b@h')).toBe(false);
    expect(await attempt).toBe(false);
    await nodes.settled();
    expect([a.events, b.node.list()]).toEqual([[], []]);
    expect(await a.node.connect('b@h')).toBe(true);
  });

  it('leave nothing open when they stop, and tell the others', async () => {
    const [a, b] = (await nodes.connected('a@h', 'b@h', 'c@h')) as [TestNode, TestNode];
    await nodes.settled();
    await a.node.stop();
    await nodes.settled();
    expect(b.events).toContain('nodedown a@h shutdown');
    expect(b.node.list()).toEqual(['c@h']);
    expect(nodes.network.open).toBe(2);
  });

  it('leave no timer and no socket when all of them stop, whatever was under way', async () => {
    const [a, b] = (await nodes.connected('a@h', 'b@h')) as [TestNode, TestNode];
    await b.node.start(Echo, { name: echo });
    const call = a.node.call(echo.on('b@h'), { type: 'never' });
    const failed = expect(call).rejects.toMatchObject({ code: 'ERR_NODEDOWN' });
    const c = await nodes.start('c@h');
    nodes.network.holdDials();
    const attempt = c.node.connect('a@h');
    await nodes.stop();
    await failed;
    expect(await attempt).toBe(false);
    expect([nodes.network.open, nodes.clock.runningTimers]).toEqual([0, 0]);
  });

  it('let a restarted node in at once, though its old connection looks alive', async () => {
    const [a, b] = (await nodes.connected('a@h', 'b@h')) as [TestNode, TestNode];
    const old = b.node.spawn(async (self) => self.receive());
    nodes.network.freeze();
    const again = await nodes.start('b@h');
    expect(await again.node.connect('a@h')).toBe(true);
    await nodes.settled();
    expect(a.events).toEqual(['nodeup b@h', 'nodedown b@h restarted', 'nodeup b@h']);
    const reasons: unknown[] = [];
    a.node.spawn(async (self) => {
      self.monitor(old);
      reasons.push((await self.receive('DOWN')).reason);
    });
    await nodes.settled();
    expect(reasons).toEqual(['noproc']);
  });

  it('keep their connection when the other one asks again and the connection is alive', async () => {
    const [a, b] = (await nodes.connected('a@h', 'b@h')) as [TestNode, TestNode];
    const twin = await nodes.start('c@h', { creation: b.local.creation });
    Object.assign((twin.kernel as any).self, { name: 'b@h' });
    expect(await twin.node.connect('a@h')).toBe(false);
    expect(a.events).toEqual(['nodeup b@h']);
    expect(b.node.list()).toEqual(['a@h']);
  });

  it('replace a connection that only one of them has lost', async () => {
    const [a, b] = (await nodes.connected('a@h', 'b@h')) as [TestNode, TestNode];
    nodes.network.freeze();
    await b.node.disconnect('a@h');
    const attempt = b.node.connect('a@h');
    await nodes.settled();
    expect(a.events).toEqual(['nodeup b@h']);
    await nodes.clock.advance(3_000);
    expect(await attempt).toBe(true);
    expect(a.events).toEqual(['nodeup b@h', 'nodedown b@h netTickTimeout', 'nodeup b@h']);
  });

  it('refuse another cookie, and say so without saying the cookie', async () => {
    const a = await nodes.start('a@h');
    const stranger = await nodes.start('b@h', { cookie: 'hush-hush' });
    expect(await stranger.node.connect('a@h')).toBe(false);
    await nodes.settled();
    const lines = [...a.logged, ...stranger.logged].filter(({ level }) => level === 'warning');
    expect(a.logged.filter(({ level }) => level === 'warning')).toHaveLength(1);
    expect(lines.map(({ text }) => text).join()).toMatch(/cookie/);
    expect(JSON.stringify(lines)).not.toMatch(/secret|hush/);
  });

  it('close a connection on which garbage comes, and no other', async () => {
    const [a, b] = (await nodes.connected('a@h', 'b@h')) as [TestNode, TestNode];
    nodes.network.inject(new Uint8Array([255, 1, 2, 3]));
    await nodes.settled();
    const c = await nodes.start('c@h');
    expect(await c.node.connect('a@h')).toBe(true);
    const lines = [...a.logged, ...b.logged].filter(({ level }) => level === 'warning');
    expect(lines.map(({ text }) => text).join()).toMatch(
      /connection to node .@h at .@h is closed: bad frame/,
    );
    expect([...a.events, ...b.events].join()).toMatch(/nodedown .@h badFrame/);
  });

  it('notice silence within 75 to 125 % of the net tick, and keep an idle connection', async () => {
    const a = await nodes.start('a@h', { netTickMs: 1_000 });
    const b = await nodes.start('b@h');
    await a.node.connect('b@h');
    await nodes.clock.advance(10_000);
    expect(a.events).toEqual(['nodeup b@h']);
    nodes.network.freeze();
    await nodes.clock.advance(740);
    expect(a.events).toEqual(['nodeup b@h']);
    await nodes.clock.advance(510);
    expect(a.events).toEqual(['nodeup b@h', 'nodedown b@h netTickTimeout']);
    expect(b.events).toEqual(['nodeup a@h']);
  });

  it('give a peer up that does not take what is sent, and stay connected to others', async () => {
    const a = await nodes.start('a@h', { sendBuffer: { maxBytes: 100_000 } });
    await nodes.start('b@h');
    const release = nodes.network.holdDials();
    const call = a.node.call(echo.on('b@h'), { type: 'echo', value: 'x'.repeat(200_000) });
    await expect(call).rejects.toMatchObject({ code: 'ERR_NODEDOWN' });
    expect(a.logged.map(({ text }) => text).join()).toMatch(/takes what is sent too slowly/);
    release();
    expect(await a.node.connect('b@h')).toBe(true);
  });
});

describe('processes on connected nodes', () => {
  let nodes: LinkedNodes;
  let a: TestNode;
  let b: TestNode;
  beforeEach(async () => {
    nodes = new LinkedNodes();
    [a, b] = (await nodes.connected('a@h', 'b@h')) as [TestNode, TestNode];
    await b.node.start(Echo, { name: echo });
  });
  afterEach(() => nodes.stop());

  const mailbox = (on: TestNode, heard: unknown[], then: (self: any) => void = () => {}): any =>
    on.node.spawn(async (self) => {
      self.trapExit(true);
      then(self);
      for (;;) heard.push(await self.receive());
    });

  it('call each other', async () => {
    expect(await a.node.call(echo.on('b@h'), { type: 'echo', value: { deep: [1, 'two', null] } })).toEqual({
      deep: [1, 'two', null],
    });
    const pid = await b.node.start(Echo);
    expect(await a.node.call(pid, { type: 'echo', value: 2 })).toBe(2);
  });

  it('send many calls in one turn in one frame, and get their replies in one', async () => {
    const { kernel } = a;
    const connection = (kernel as any).peers.get('b@h').connection;
    const before = connection.framesSent;
    const calls = Array.from({ length: 40 }, (_, n) =>
      a.node.call(echo.on('b@h'), { type: 'echo', value: n }),
    );
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(connection.framesSent - before).toBe(1);
  });

  it('see at once that a server is not there', async () => {
    const call = a.node.call(localName<Echo>('nobody').on('b@h'), { type: 'never' });
    await expect(call).rejects.toMatchObject({ code: 'ERR_NOPROC' });
  });

  it('see at once that a server ends before it replies, with its reason or a word for it', async () => {
    const call = a.node.call(echo.on('b@h'), { type: 'never' });
    const crash = a.node.call(echo.on('b@h'), { type: 'crash', reason: 'oops' });
    const ended = { status: 'rejected', reason: { code: 'ERR_SERVER_EXIT', reason: 'oops' } };
    expect(await Promise.allSettled([call, crash])).toMatchObject([ended, ended]);
  });

  it('see the end of a server as text when its reason cannot travel', async () => {
    const server = await b.node.start(Echo);
    const heard: any[] = [];
    mailbox(a, heard, (self) => self.monitor(server));
    const call = a.node.call(server, { type: 'never' });
    const failed = expect(call).rejects.toMatchObject({
      code: 'ERR_SERVER_EXIT',
      reason: expect.any(String),
    });
    await nodes.settled();
    b.node.exitSignal(server, { why: () => {} });
    await failed;
    await nodes.settled();
    expect(heard).toEqual([expect.objectContaining({ type: 'DOWN', reason: expect.any(String) })]);
  });

  it('are told that a reply cannot travel, and the server goes on', async () => {
    const call = a.node.call(echo.on('b@h'), { type: 'unsendable' });
    await expect(call).rejects.toMatchObject({
      code: 'ERR_REMOTE',
      cause: { type: 'error', code: 'ERR_UNSENDABLE' },
    });
    expect(b.logged.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(await a.node.call(echo.on('b@h'), { type: 'echo', value: 1 })).toBe(1);
  });

  it('are told that a request cannot travel, and nothing remains of the call', async () => {
    const call = a.node.call(echo.on('b@h'), { type: 'echo', value: () => {} });
    await expect(call).rejects.toMatchObject({ code: 'ERR_UNSENDABLE' });
    expect(a.local.gen.numbers.size).toBe(0);
    expect(() => a.node.send({ name: 'echo', node: 'b@h' }, Symbol('x'))).toThrow(/cannot be sent/);
  });

  it('let the server forget a call that has timed out', async () => {
    const server = b.local.registry.get('echo')!;
    const call = a.node.call(echo.on('b@h'), { type: 'never' }, { timeoutMs: 100 });
    const failed = expect(call).rejects.toMatchObject({ code: 'ERR_CALL_TIMEOUT' });
    await nodes.settled();
    expect(server.openCalls.count()).toBe(1);
    await nodes.clock.advance(200);
    await failed;
    await nodes.settled();
    expect(server.openCalls.count()).toBe(0);
    expect(a.local.gen.numbers.size).toBe(0);
  });

  it('cast and send in order', async () => {
    const pid = await b.node.start(Echo);
    for (let n = 0; n < 100; n++) a.node.cast(pid, { value: n });
    await a.node.call(pid, { type: 'echo', value: 0 });
    const heard: unknown[] = [];
    const box = mailbox(b, heard);
    for (let n = 0; n < 3; n++) a.node.send(box, { n });
    await nodes.settled();
    expect(heard).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
  });

  it('end with each other when they are linked, and are told when they trap', async () => {
    const heard: unknown[] = [];
    const victim = b.node.spawn(async (self) => self.receive());
    mailbox(a, heard, (self) => self.link(victim));
    await nodes.settled();
    b.node.exitSignal(victim, 'oops');
    await nodes.settled();
    expect(heard).toMatchObject([{ type: 'EXIT', from: victim, reason: 'oops' }]);
  });

  it('hear with a DOWN of the end of what they monitor, by pid or by name', async () => {
    const heard: unknown[] = [];
    const kv = { name: 'echo', node: 'b@h' };
    mailbox(a, heard, (self) => self.monitor(kv));
    await nodes.settled();
    b.node.exitSignal(b.node.whereis('echo')!, 'oops');
    await nodes.settled();
    expect(heard).toMatchObject([{ type: 'DOWN', pid: kv, reason: 'oops' }]);
  });

  it('hear of a lost connection in order: links and monitors, calls, then nodedown', async () => {
    const heard: unknown[] = [];
    const order: string[] = [];
    const target = b.node.spawn(async (self) => self.receive());
    mailbox(a, heard, (self) => {
      self.monitorNodes(true);
      self.link(target);
      self.monitor(target);
    });
    a.node.events.on('nodedown', () => order.push(`nodedown, list [${a.node.list()}]`));
    const call = a.node
      .call(echo.on('b@h'), { type: 'never' })
      .catch((error: unknown) => order.push((error as TrestleError).code));
    await nodes.settled();
    nodes.network.cut();
    await call;
    await nodes.settled();
    expect(heard).toMatchObject([
      { type: 'EXIT', from: target, reason: 'noconnection' },
      { type: 'DOWN', pid: target, reason: 'noconnection' },
      { type: 'nodedown', node: 'b@h' },
    ]);
    expect(order).toEqual(['nodedown, list []', 'ERR_NODEDOWN']);
  });

  it('are forgotten by what they monitored when the connection is lost', async () => {
    const target = b.node.spawn(async (self) => self.receive());
    mailbox(a, [], (self) => self.monitor(target));
    await nodes.settled();
    nodes.network.cut();
    await nodes.settled();
    b.node.exitSignal(target, 'oops');
    await nodes.settled();
    expect(nodes.network.open).toBe(0);
  });

  it('get no answer of a connection from before to a call of now', async () => {
    const ports: From[] = [];
    class Slow extends GenServer<Call<{ type: 'x' }, unknown>> {
      override handleCall(_request: unknown, from: From): CallResult {
        ports.push(from);
        return noReply();
      }
    }
    const pid = await b.node.start(Slow);
    const first = a.node.call(pid, { type: 'x' }).catch((error: unknown) => (error as TrestleError).code);
    await nodes.settled();
    nodes.network.cut();
    expect(await first).toBe('ERR_NODEDOWN');
    const second = a.node.call(pid, { type: 'x' });
    await nodes.settled();
    ports[0]!.reply('late');
    ports[1]!.reply('in time');
    expect(await second).toBe('in time');
  });

  it('may answer a call for another process, from a third node', async () => {
    const c = await nodes.start('c@h');
    const answerer = c.node.spawn<{ from: From }>(async (self) => {
      const { from } = (await self.receive()) as { from: From };
      self.reply(from, 'from c');
    });
    class Delegate extends GenServer<Call<{ type: 'x' }, unknown>> {
      override handleCall(_request: unknown, from: From): CallResult {
        this.self.send(answerer, { from });
        return noReply();
      }
    }
    const pid = await b.node.start(Delegate);
    expect(await a.node.call(pid, { type: 'x' })).toBe('from c');
  });

  it('cannot be reached in the name of a process of another node', async () => {
    const victim = b.node.spawn(async (self) => self.receive());
    const exit = { kind: 'exit', from: '<c@h/1/1>' as any, to: victim, reason: 'kill' } as const;
    a.kernel.send('b@h', exit, null);
    await nodes.settled();
    expect(b.node.isAlive(victim)).toBe(true);
    expect(b.events.at(-1)).toBe('nodedown a@h badFrame');
  });
});
