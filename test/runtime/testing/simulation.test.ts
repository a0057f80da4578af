import {
  GenServer,
  localName,
  reply,
  type Call,
  type CallResult,
  type Node,
  type ServerPid,
} from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';

class Echo extends GenServer<Call<{ type: 'echo'; n: number }, number>> {
  override handleCall(request: { type: 'echo'; n: number }): CallResult {
    return reply(request, request.n);
  }
}
const ECHO = localName<Echo>('echo');

/** A process that keeps what it receives. */
function collector(node: Node): { inbox: any[]; pid: any } {
  const inbox: unknown[] = [];
  const pid = node.spawn<any>(async (self) => {
    for (;;) inbox.push(await self.receive());
  });
  return { inbox, pid };
}

describe('a simulation', () => {
  let sim: Simulation;
  beforeEach(() => void (sim = new Simulation({ seed: 7 })));
  afterEach(() => sim.stop());

  it('connects real nodes, which call each other', async () => {
    const [a, b] = (await sim.startNodes(['a', 'b'])) as [Node, Node];
    await b.start(Echo, { name: ECHO });
    expect([a.name, a.list(), b.list()]).toEqual(['a@sim', ['b@sim'], ['a@sim']]);
    expect(await sim.until(a.call(ECHO.on('b@sim'), { type: 'echo', n: 5 }))).toBe(5);
    expect(sim.clock.now()).toBeGreaterThan(0);
    expect(sim.clock.now()).toBeLessThan(50);
  });

  it('goes the same way for the same seed, and another for another', async () => {
    const run = async (seed: number): Promise<unknown> => {
      const own = new Simulation({ seed });
      await own.startNodes(4, { setUp: (node) => node.start(Echo, { name: ECHO }) });
      await own.disturb({ forMs: 60_000 });
      await own.stop();
      return { events: own.events, fingerprint: own.fingerprint, log: own.log.map(({ text }) => text) };
    };
    const first = await run(3);
    expect(await run(3)).toEqual(first);
    expect(await run(4)).not.toEqual(first);
  });

  it('keeps the order between two nodes, and not that of different pairs', async () => {
    const nodes = (await sim.startNodes(['a', 'b', 'c'])) as [Node, Node, Node];
    for (const other of ['b', 'c']) sim.network.setLatency('a', other, [1, 50]);
    const { inbox, pid } = collector(nodes[0]);
    for (let n = 0; n < 50; n++) {
      for (const node of nodes.slice(1)) node.send(pid, { from: node.name, n });
      await sim.advance(1);
    }
    await sim.advance(100);
    for (const name of ['b@sim', 'c@sim']) {
      const numbers = inbox.filter(({ from }) => from === name).map(({ n }) => n);
      expect(numbers).toEqual(Array.from({ length: 50 }, (_, n) => n));
    }
    expect(inbox.map(({ n }) => n)).not.toEqual([...inbox.map(({ n }) => n)].sort((x, y) => x - y));
  });

  it('takes the time of each way, the way back apart', async () => {
    const [a, b] = (await sim.startNodes(['a', 'b'])) as [Node, Node];
    sim.network.setLatency(a, b, 30, { oneWay: true });
    sim.network.setLatency(b, a, () => 200, { oneWay: true });
    const arrived: number[] = [];
    const noting = (node: Node) =>
      node.spawn(async (self) => void (await self.receive(), arrived.push(sim.clock.now())));
    const start = sim.clock.now();
    a.send(noting(b), 'x');
    b.send(noting(a), 'x');
    await sim.advance(250);
    expect(arrived.map((at) => Math.round(at - start))).toEqual([30, 200]);
  });

  it('shuts a way in one direction, and delivers in order what waited when it is open again', async () => {
    const [a, b] = (await sim.startNodes(['a', 'b'])) as [Node, Node];
    const [atA, atB] = [collector(a), collector(b)];
    sim.network.block(a, b);
    for (let n = 0; n < 5; n++) {
      a.send(atB.pid, n);
      b.send(atA.pid, n);
      await sim.advance(10);
    }
    expect([atA.inbox, atB.inbox]).toEqual([[0, 1, 2, 3, 4], []]);
    sim.network.heal(a, b);
    await sim.advance(10);
    expect(atB.inbox).toEqual([0, 1, 2, 3, 4]);
    expect([a.list(), b.list()]).toEqual([['b@sim'], ['a@sim']]);
  });

  it('takes groups apart, who reach neither each other nor connect, and leaves others alone', async () => {
    const [a, b, c] = (await sim.startNodes(['a', 'b', 'c'], { netTickMs: 8_000 })) as [Node, Node, Node];
    sim.network.partition([a], [b]);
    await sim.advance(11_000);
    expect([a.list(), b.list(), c.list()]).toEqual([['c@sim'], ['c@sim'], ['a@sim', 'b@sim']]);
    expect(await sim.until(a.connect('b@sim'))).toBe(false);
    sim.network.heal();
    expect(await sim.until(a.connect('b@sim'))).toBe(true);
  });

  it('breaks a connection that both notice, and lets them connect again', async () => {
    const [a, b] = (await sim.startNodes(['a', 'b'])) as [Node, Node];
    const probe = await sim.probe<any>(a);
    probe.monitor(collector(b).pid);
    sim.network.cut(a, b);
    expect(await probe.expectMessage('DOWN')).toMatchObject({ reason: 'noconnection' });
    await sim.advance(10);
    expect([a.list(), b.list()]).toEqual([[], []]);
    expect(await sim.until(b.connect('a@sim'))).toBe(true);
  });

  it.each([
    ['one notices', ['a']],
    ['nobody notices', []],
  ])('breaks a connection that %s: who does not loses it to the net tick', async (_, noticedBy) => {
    const alone = { netTickMs: 8_000, redial: false } as const;
    const [a, b] = (await sim.startNodes(['a', 'b'], alone)) as [Node, Node];
    sim.network.cut(a, b, { noticedBy });
    await sim.advance(100);
    expect([a.list().length, b.list().length]).toEqual([noticedBy.length === 0 ? 1 : 0, 1]);
    await sim.advance(11_000);
    expect([a.list().length, b.list().length]).toEqual([0, 0]);
  });

  it('lets a slow reader keep a sender waiting', async () => {
    const [a, b] = (await sim.startNodes(['a', 'b'])) as [Node, Node];
    const { inbox, pid } = collector(b);
    sim.network.readSlowly(b, 10);
    a.send(pid, new Uint8Array(20_000));
    await sim.advance(1_900);
    expect(inbox).toHaveLength(0);
    await sim.advance(200);
    expect(inbox).toHaveLength(1);
  });

  it('crashes a node, whose sockets its operating system closes, and starts it again as another', async () => {
    let setUps = 0;
    const setUp = async (node: Node): Promise<void> => {
      setUps += 1;
      await node.start(Echo, { name: ECHO });
    };
    const [a, b] = (await sim.startNodes(['a', 'b'], { setUp })) as [Node, Node];
    const probe = await sim.probe<any>(a);
    const old = b.whereis(ECHO)!;
    const ref = probe.monitor(old);
    let ran = 0;
    b.spawn(async (self) => {
      for (;;) {
        ran += 1;
        await self.receive(undefined, { afterMs: 1 });
      }
    });
    await sim.advance(5);
    await sim.crash('b');
    const before = ran;
    expect(await probe.expectDown(ref)).toMatchObject({ reason: 'noconnection' });
    expect(await sim.until(a.connect('b@sim'))).toBe(false);
    expect(ran).toBe(before);
    const again = await sim.restart('b');
    expect([again.creation === b.creation, setUps, sim.runs('b')]).toEqual([false, 3, true]);
    expect(await sim.until(a.call(ECHO.on('b@sim'), { type: 'echo', n: 1 }))).toBe(1);
    expect(
      await sim.until(
        a.call(old as ServerPid<Echo>, { type: 'echo', n: 1 }).catch((error: unknown) => (error as any).code),
      ),
    ).toBe('ERR_NOPROC');
  });

  it('crashes a node of which nobody is told, and tells those that write to it once it is back', async () => {
    const [a] = (await sim.startNodes(['a', 'b'], { netTickMs: 60_000 })) as [Node, Node];
    await sim.crash('b', { silently: true });
    await sim.advance(1_000);
    expect(a.list()).toEqual(['b@sim']);
    await sim.restart('b');
    a.send({ name: 'nobody', node: 'b@sim' }, 'x');
    await sim.advance(10);
    expect(a.list()).toStrictEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['of a node that has crashed', () => sim.crash('b')],
    ['of a node that has stopped', () => sim.stopNode('b')],
    ['without a node so far', async () => undefined],
    [
      'that has its power back',
      async () => {
        await sim.crash('b', { silently: true });
        await sim.advance(80_000);
        await sim.restart('b');
        await sim.crash('b');
      },
    ],
  ])('has the machine %s refuse connections at once', async (which, end) => {
    const [a] = (await sim.startNodes(['a', 'b'], { redial: false })) as [Node];
    await end();
    await sim.advance(10);
    const startedAt = sim.clock.now();
    const dialled = which === 'without a node so far' ? 'nobody@sim' : 'b@sim';
    expect(await sim.until(a.connect(dialled))).toBe(false);
    expect(sim.clock.now() - startedAt).toBeLessThan(100);
  });

  it('has no machine refuse connections that is without power, or out of reach', async () => {
    const limits = { handshakeTimeoutMs: 3_000 };
    const alone = { limits, netTickMs: 8_000, redial: false } as const;
    const [a] = (await sim.startNodes(['a', 'b', 'c'], alone)) as [Node];
    sim.network.partition(['a'], ['c']);
    await sim.crash('b', { silently: true });
    await sim.crash('c');
    await sim.advance(11_000);
    for (const name of ['b@sim', 'c@sim']) {
      const startedAt = sim.clock.now();
      expect(await sim.until(a.connect(name))).toBe(false);
      expect(sim.clock.now() - startedAt).toBeGreaterThan(2_000);
    }
  });

  it('pauses a node, which then does what it missed', async () => {
    const [a, b] = (await sim.startNodes(['a', 'b'])) as [Node, Node];
    const { inbox, pid } = collector(b);
    let ticks = 0;
    b.clock.setTimer(() => (ticks += 1), 10);
    sim.pause(b);
    a.send(pid, 1);
    b.send(pid, 0);
    await sim.advance(1_000);
    expect([inbox, ticks]).toEqual([[], 0]);
    sim.resume(b);
    await sim.advance(10);
    expect([inbox, ticks]).toEqual([[0, 1], 1]);
  });

  it('stops one node in order', async () => {
    const [a, b] = (await sim.startNodes(['a', 'b'])) as [Node, Node];
    await sim.stopNode(b);
    await sim.advance(10);
    expect([a.list(), sim.runs(b), sim.network.openSockets]).toEqual([[], false, 0]);
  });

  it('mends everything after a disturbance', async () => {
    await sim.startNodes(5, { netTickMs: 4_000 });
    await sim.disturb({ forMs: 120_000 });
    expect(sim.nodes).toHaveLength(5);
    expect(sim.events.length).toBeGreaterThan(20);
    await sim.advance(10_000);
    await sim.connectAll();
  });

  it('hides the log of a dead node, and keeps that of the others', async () => {
    const [a, b] = (await sim.startNodes(['a', 'b'])) as [Node, Node];
    a.log.info('here');
    await sim.crash(b);
    b.log.info('from beyond');
    expect(sim.log.map(({ text }) => text)).toEqual(['here']);
  });

  it('refuses to do anything to the ways of a node that it never started, by name', async () => {
    const [a, b] = (await sim.startNodes(['a', 'b'])) as [Node, Node];
    // Somebody has dialled it, so it has a host.
    expect(await sim.until(a.connect('z@sim'))).toBe(false);
    const { network, events } = sim;
    const before = [...events];
    const attempts: Record<string, () => void> = {
      partition: () => network.partition([a], [b, 'z']),
      block: () => network.block(['z'], a),
      heal: () => network.heal(a, 'z'),
      cut: () => network.cut('z', a),
      setLatency: () => network.setLatency(a, 'z', 1),
      readSlowly: () => network.readSlowly('z', 1),
    };
    for (const [call, attempt] of Object.entries(attempts)) {
      expect(attempt).toThrow(`${call}: expected a node that the simulation has started, got 'z'`);
    }
    expect(() => network.cut(a, b, { noticedBy: ['z'] })).toThrow('cut: expected a node that the simulation');
    expect(() => network.partition([a, b], [a])).toThrow('partition: expected each node in one group');
    expect(events).toEqual(before);
    expect([a.list(), b.list()]).toEqual([['b@sim'], ['a@sim']]);
    // A node that has run may come back.
    await sim.crash(b);
    network.partition([a], [b]);
  });

  it('refuses what makes no sense, by name', async () => {
    const a = await sim.start('a');
    await expect(sim.start('a')).rejects.toThrow('start: expected a name of no running node');
    await expect(sim.start('a b')).rejects.toThrow(/start: expected a node, or the name of one/);
    await expect(sim.start('b', { port: 1 } as never)).rejects.toThrow("to have no 'port'");
    await expect(sim.restart('a')).rejects.toThrow('restart: expected a node that ran and does not run');
    expect(() => sim.node('z')).toThrow('node: expected a node of the simulation that runs');
    expect(() => sim.network.block(a, {} as never)).toThrow('block: expected a node');
    await sim.start('b');
    expect(() => sim.network.setLatency('a', 'b', [5, 1])).toThrow(
      /setLatency: expected latency to be a latency/,
    );
    expect(() => sim.network.readSlowly('a', 0)).toThrow(/expected bytes, more than 0/);
    expect(() => new Simulation({ latencyMs: -1 })).toThrow(/latencyMs to be a latency/);
    expect(() => new Simulation({ speed: 1 } as never)).toThrow("to have no 'speed'");
    await expect(sim.disturb({ forMs: 5, faults: ['fire' as never] })).rejects.toThrow(
      /faults.0 to be one of 'cut'/,
    );
  });
});

describe('a simulation refuses', () => {
  let sim: Simulation;
  beforeEach(async () => {
    sim = new Simulation();
    await sim.startNodes(['a', 'b', 'c']);
  });
  afterEach(() => sim.stop());

  it('a fault that would never happen', () => {
    const { network } = sim;
    const before = [...sim.events];
    expect(() => network.partition(['a'])).toThrow('partition: expected two groups of nodes or more');
    expect(() => network.block('a', ['a'])).toThrow('block: expected two different nodes');
    for (const call of ['cut', 'heal'] as const)
      expect(() => network[call]('b', 'b')).toThrow(
        `${call}: expected two different nodes, got [ 'b@sim', 'b@sim' ]`,
      );
    expect(() => network.cut('a', 'b', { noticedBy: ['c'] })).toThrow(
      "cut: expected noticedBy to be of the two nodes, got [ 'c' ]",
    );
    expect(() => network.setLatency('a', 'a', 1)).toThrow('setLatency: expected two different nodes');
    expect(() => network.setLatency('a', 'b', 1, { oneway: true } as never)).toThrow("to have no 'oneway'");
    // One node alone would have opened every way there is.
    expect(() => network.heal('a', undefined as never)).toThrow('heal: expected a node, or the name of one');
    expect(sim.events).toEqual(before);
  });

  it.each([[0], [-1], [1.5], [[]], ['abc'], [undefined]])('to start %p nodes', async (names) => {
    await expect(sim.startNodes(names as never)).rejects.toThrow('startNodes: expected names, or how many');
  });

  it.each([
    [{ forMs: Infinity }, 'forMs to be milliseconds (0 or more)'],
    [{ forMs: 9, everyMs: [0, 0] }, 'everyMs to be [from, to]'],
    [{ forMs: 9, everyMs: [5, 1] }, 'everyMs to be [from, to]'],
    [{ forMs: 9, lastsMs: [5, 1] }, 'lastsMs to be [from, to]'],
    [{ forMs: 9, lastsMs: 5 }, 'lastsMs to be [from, to]'],
    [{ forMs: 9, faults: [] }, 'faults to be one fault at least'],
  ])('a disturbance of %j, which would not end, or not begin', async (options, expected) => {
    await expect(sim.disturb(options as never)).rejects.toThrow(`disturb: expected ${expected}`);
  });

  it('to wait for longer than a day for what never comes, though its nodes tick for ever', async () => {
    await expect(sim.clock.untilTrue(() => false)).rejects.toThrow('untilTrue: not within 86400000 ms');
    await expect(sim.until(new Promise(() => {}), { withinMs: 5_000 })).rejects.toThrow(
      'until: not within 5000 ms',
    );
  });
});

it('a simulation starts its nodes with what decides how a cluster behaves, as `startNode` takes it', async () => {
  const sim = new Simulation({ nodes: { rpc: { allow: ['Jobs.add'] } } });
  const [a, b] = (await sim.startNodes(['a', 'b'])) as [Node, Node];
  const open = await sim.start('open', { rpc: { allow: ['*.*'] }, acceptFunctions: true });
  for (const node of [b, open])
    node.expose('Jobs', { add: (x: number, y: number) => x + y, other: () => 'done' });
  const outcomes = Promise.allSettled([
    a.rpc.call(b.name, 'Jobs', 'add', [1, 2]),
    a.rpc.call(b.name, 'Jobs', 'other'),
    a.rpc.call(b.name, () => 1),
    a.rpc.call(open.name, 'Jobs', 'other'),
    a.rpc.call(open.name, () => 1),
  ]);
  expect(await sim.until(outcomes)).toMatchObject([
    { value: 3 },
    { reason: { code: 'ERR_NOT_EXPOSED' } },
    { reason: { code: 'ERR_FUNCTIONS_NOT_ACCEPTED' } },
    { value: 'done' },
    { value: 1 },
  ]);
  await expect(sim.start('c', { rpc: { allow: ['x'] } })).rejects.toThrow(
    'start: expected rpc.allow.0 to be',
  );
  expect(() => new Simulation({ nodes: { netTickMs: 0 } })).toThrow('Simulation nodes: expected netTickMs');
  expect(() => new Simulation({ nodes: { port: 5 } as never })).toThrow("to have no 'port'");
  await sim.stop();
});

it('a simulation says which of its nodes do not connect', async () => {
  const sim = new Simulation();
  await sim.start('a', { allow: ['b@sim'] });
  await expect(sim.startNodes(['b', 'c'])).rejects.toThrow(
    'connectAll: a@sim is not connected to c@sim within 60000 ms',
  );
  await sim.stop();
});

it('a simulation tells among its events how long a way takes, and who notices a break', async () => {
  const sim = new Simulation();
  await sim.startNodes(['a', 'b']);
  sim.network.setLatency('a', 'b', [1, 5]);
  sim.network.setLatency('a', 'b', 3, { oneWay: true });
  sim.network.setLatency('a', 'b', () => 2);
  sim.network.cut('a', 'b');
  expect(sim.events.slice(-4).map((event) => event.split(': ')[1])).toEqual([
    'it takes 1 to 5 ms from a@sim to b@sim and back',
    'it takes 3 ms from a@sim to b@sim',
    'it takes a time that is drawn from a@sim to b@sim and back',
    'the connection between a@sim and b@sim breaks, and a@sim and b@sim notice',
  ]);
  await sim.stop();
});

it('a simulation says what is left behind', async () => {
  const sim = new Simulation();
  const a = await sim.start('a');
  a.clock.setTimer(() => a.clock.setTimer(() => {}, 2 ** 31 - 1), 1);
  await expect(sim.stop()).rejects.toThrow(/timer still runs/);
});

describe('a simulation that was stopped', () => {
  const verbs: [call: string, verb: (sim: Simulation) => unknown][] = [
    ['start', (sim) => sim.start('b')],
    ['start', (sim) => sim.startNodes(2)],
    ['connectAll', (sim) => sim.connectAll()],
    ['restart', (sim) => sim.restart('a')],
    ['crash', (sim) => sim.crash('a')],
    ['stopNode', (sim) => sim.stopNode('a')],
    ['pause', (sim) => sim.pause('a')],
    ['resume', (sim) => sim.resume('a')],
    ['blockFor', (sim) => sim.blockFor('a', 5)],
    ['disturb', (sim) => sim.disturb({ forMs: 5 })],
    ['node', (sim) => sim.node('a')],
    ['node', (sim) => sim.probe('a')],
  ];

  it.each(verbs)('does nothing more: it refuses %s', async (call, verb) => {
    const sim = new Simulation();
    await sim.start('a');
    await sim.stop();
    const refused = (async () => verb(sim))();
    await expect(refused).rejects.toThrow(
      `${call}: expected a simulation that runs, got one that was stopped`,
    );
    expect([sim.nodes, sim.runs('a'), sim.events.at(-1)]).toStrictEqual([
      [],
      false,
      '0.0 ms: every way is open',
    ]);
  });

  it('has no node that was about to start', async () => {
    const sim = new Simulation();
    const starting = expect(sim.start('a')).rejects.toThrow('start: expected a simulation that runs');
    await Promise.all([starting, sim.stop()]);
    expect(sim.nodes).toStrictEqual([]);
    await sim.stop();
  });

  it('ends what disturbs it by an error that says so, once a node is to start again', async () => {
    const sim = new Simulation({ seed: 3 });
    await sim.startNodes(3);
    const faults = { forMs: 60_000, everyMs: [10, 20], lastsMs: [30, 40], faults: ['crash'] } as const;
    const refused = expect(sim.disturb(faults)).rejects.toThrow('restart: expected a simulation that runs');
    while (sim.nodes.length === 3) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([refused, sim.stop()]);
    await sim.stop();
  });
});
