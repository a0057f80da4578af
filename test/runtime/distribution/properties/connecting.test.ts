import { nodeOfPid, type Node, type NodeName, type Pid } from '@trestle/runtime';
import type { Simulation } from '@trestle/runtime/testing';
import { itHolds } from '../../../support/property';

/** Keeps what each node hears of each other, in order: `n2@sim up`, `n2@sim down`. */
function hear(node: Node): string[] {
  const heard: string[] = [];
  node.events.on('nodeup', (event) => heard.push(`${event.node} up`));
  node.events.on('nodedown', (event) => heard.push(`${event.node} down`));
  return heard;
}

/** Starts nodes that are not connected, and keeps what each of them hears. */
async function strangers(sim: Simulation, count: number): Promise<{ node: Node; heard: string[] }[]> {
  const all: { node: Node; heard: string[] }[] = [];
  for (let n = 1; n <= count; n++) {
    const node = await sim.start(`n${n}`, { netTickMs: 4_000 });
    all.push({ node, heard: hear(node) });
  }
  return all;
}

const othersOf = (node: Node, nodes: readonly Node[]): NodeName[] =>
  nodes.filter((other) => other !== node).map(({ name }) => name);

describe('nodes that connect', () => {
  itHolds('end with one connection and one nodeup on each side, whoever dials whom and when', async (sim) => {
    const random = sim.random.fork('dials');
    const all = await strangers(sim, 4);
    const nodes = all.map(({ node }) => node);
    const dials: Promise<boolean>[] = [];
    for (const node of nodes) {
      for (const other of othersOf(node, nodes)) {
        for (let i = random.below(3); i > 0; i--) {
          const dial = new Promise((resolve) =>
            sim.clock.setTimer(() => resolve(undefined), random.between(0, 8)),
          );
          dials.push(dial.then(() => node.connect(other)));
        }
      }
    }
    expect(await Promise.all(dials)).toEqual(dials.map(() => true));
    await sim.connectAll();
    await sim.advance(1_000);
    for (const { node, heard } of all) {
      expect([...heard].sort()).toEqual(othersOf(node, nodes).map((name) => `${name} up`));
    }
    expect(sim.network.openSockets).toBe(4 * 3);
  });

  itHolds('let one in that connects again though what it sent before is still to come', async (sim) => {
    const [a, b] = (await strangers(sim, 2)).map(({ node }) => node) as [Node, Node];
    sim.network.setLatency(a, b, [1, 60]);
    for (let i = 0; i < 5; i++) {
      expect(await b.connect(a.name)).toBe(true);
      for (let n = 0; n < 5; n++) b.send({ name: 'nobody', node: a.name }, n);
      await b.disconnect(a.name);
    }
  });

  itHolds('are all connected when each has joined one of them', async (sim) => {
    const random = sim.random.fork('joins');
    const nodes = (await strangers(sim, 6)).map(({ node }) => node);
    await Promise.all(nodes.slice(1).map((node, i) => node.connect(random.pick(nodes.slice(0, i + 1)).name)));
    await sim.clock.untilTrue(() => nodes.every((node) => node.list().length === 5), { withinMs: 10_000 });
    // What two nodes that dialled each other have too much is closed.
    await sim.advance(1_000);
    expect(sim.network.openSockets).toBe(6 * 5);
  });

  itHolds('have one connection each in the end, whatever became of the others', async (sim) => {
    await sim.startNodes(4, { netTickMs: 4_000 });
    const redial = (): void => {
      const [one, other] = sim.random.shuffle(sim.nodes);
      if (one !== undefined && other !== undefined) void one.connect(other.name);
      if (dialling) sim.clock.setTimer(redial, sim.random.between(0, 500));
    };
    let dialling = true;
    redial();
    await sim.disturb({ forMs: 20_000, everyMs: [50, 1_000], lastsMs: [10, 8_000] });
    dialling = false;
    // Who has not noticed a loss yet does so within a period and a quarter of ticks.
    await sim.advance(30_000);
    await sim.connectAll();
    await sim.advance(1_000);
    expect(sim.network.openSockets).toBe(4 * 3);
  });
});

describe('signals sent while a connection is made', () => {
  itHolds('are delivered in order, or dropped together', async (sim) => {
    const random = sim.random.fork('sending');
    const [a, b] = (await strangers(sim, 2)).map(({ node }) => node) as [Node, Node];
    const inbox: number[] = [];
    b.register(
      'target',
      b.spawn<number>(async (self) => {
        for (;;) inbox.push((await self.receive()) as number);
      }),
    );
    const [from, to] = random.shuffle([a, b]) as [Node, Node];
    if (random.chance(0.5)) sim.network.block(from, to);
    const probe = await sim.probe<any>(a);
    const ref = probe.monitor({ name: 'target', node: b.name });
    // All of it in the time of the fastest handshake.
    for (let n = 0; n < 20; n++) {
      probe.send({ name: 'target', node: b.name }, n);
      if (random.chance(0.1)) await sim.advance(0.03);
    }
    if (random.chance(0.3)) void b.connect(a.name);
    await sim.advance(60_000);
    const connected = a.list().length === 1;
    expect(inbox).toEqual(connected ? Array.from({ length: 20 }, (_, n) => n) : []);
    const down = { type: 'DOWN', ref, reason: 'noconnection' };
    expect(probe.messages()).toMatchObject(connected ? [] : [down]);
  });
});

describe('a node that restarts before its death was noticed', () => {
  itHolds(
    'is a new one: no pid of its former life reaches it, and its return is a loss first',
    async (sim) => {
      const random = sim.random.fork('restart');
      let inbox: unknown[] = [];
      const setUp = (node: Node): void => {
        // The same place in the process table in each life.
        const pid = node.spawn(async (self) => {
          const own: unknown[] = [];
          inbox = own;
          for (;;) own.push(await self.receive());
        });
        node.register('target', pid);
      };
      const [a, b] = (await sim.startNodes(2, { setUp, netTickMs: 60_000 })) as [Node, Node];
      const heard = hear(a);
      const probe = await sim.probe<any>(a);
      const old = b.whereis('target') as Pid;
      const before = probe.monitor(old);
      await sim.advance(random.between(0, 10));
      await sim.crash(b, { silently: true });
      probe.send(old, 'while it is down');
      await sim.advance(random.between(0, 100));
      const again = await sim.restart(b);
      const dials = [
        random.chance(0.5) ? a.connect(b.name) : Promise.resolve(true),
        random.chance(0.7) ? again.connect(a.name) : Promise.resolve(true),
      ];
      for (let i = 0; i < 10; i++) {
        probe.send(old, 'for the dead');
        probe.send({ name: 'target', node: b.name }, 'for the living');
        await sim.advance(random.between(0, 3));
      }
      await Promise.all(dials);
      const after = probe.monitor(old);
      await sim.advance(20_000);
      probe.send({ name: 'target', node: b.name }, 'for the living');
      await sim.advance(100);

      expect(nodeOfPid(old)).toBe(again.name);
      expect(inbox).toContain('for the living');
      expect(new Set(inbox)).toEqual(new Set(['for the living']));
      expect(heard).toEqual(['n2@sim down', 'n2@sim up']);
      const downs = probe.messages() as { ref: string; reason: string }[];
      expect(downs.filter(({ ref }) => ref === before)).toMatchObject([{ reason: 'noconnection' }]);
      expect(downs.filter(({ ref }) => ref === after)).toMatchObject([
        { reason: expect.stringMatching(/^no(proc|connection)$/) },
      ]);
    },
  );
});
