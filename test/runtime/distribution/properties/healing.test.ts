import type { Node, NodeName } from '@trestle/runtime';
import type { Simulation } from '@trestle/runtime/testing';
import { itHolds } from '../../../support/property';

const netTickMs = 2_000;
const redial = { minMs: 100, maxMs: 1_000 };
/** Silence is noticed within a period and a quarter; who dialled a moment before gives that up, waits and dials again. */
const noticedMs = 2 * netTickMs;
const healedMs = 15_000;

/** What the others of a node have done, in the order in which it heard of it: `n2@sim up`, `n2@sim down`. */
class Chronicle {
  readonly heard: string[] = [];

  constructor(readonly node: Node) {
    node.events.on('nodeup', (event) => this.heard.push(`${event.node} up`));
    node.events.on('nodedown', (event) => this.heard.push(`${event.node} down`));
  }

  of(name: NodeName): string[] {
    return this.heard.filter((event) => event.startsWith(`${name} `)).map((event) => event.split(' ')[1]!);
  }

  /** The nodes that came twice, or went twice, in a row. */
  disordered(): NodeName[] {
    const names = [...new Set(this.heard.map((event) => event.split(' ')[0]!))];
    return names.filter((name) => this.of(name).some((what, i) => what !== (i % 2 === 0 ? 'up' : 'down')));
  }
}

/** A cluster whose nodes keep a chronicle from the first moment of each life. */
async function cluster(sim: Simulation, count: number): Promise<Chronicle[]> {
  const chronicles: Chronicle[] = [];
  const setUp = (node: Node): void => void chronicles.push(new Chronicle(node));
  await sim.startNodes(count, { setUp, netTickMs, redial });
  return chronicles;
}

const connections = ({ nodes }: Simulation): string[] =>
  nodes.flatMap((node) => node.list().map((other) => `${node.name} > ${other}`)).toSorted();

/** Both sides of each pair for which a condition holds. */
const pairsWhere = ({ nodes }: Simulation, holds: (a: NodeName, b: NodeName) => boolean): string[] =>
  nodes
    .flatMap((a) => nodes.filter((b) => b !== a && holds(a.name, b.name)).map((b) => `${a.name} > ${b.name}`))
    .toSorted();

const all = (sim: Simulation): string[] => pairsWhere(sim, () => true);

describe('nodes between which ways are shut, one way or both', () => {
  itHolds(
    'are lost on both sides, those with open ways on neither, and all are back when it is over',
    async (sim) => {
      const random = sim.random.fork('ways');
      const chronicles = await cluster(sim, 4);
      const names = sim.nodes.map(({ name }) => name);
      const shut = new Set<string>();
      for (const from of names) {
        for (const to of names.filter((name) => name !== from && random.chance(0.25))) {
          sim.network.block(from, to);
          shut.add([from, to].toSorted().join());
          await sim.advance(random.between(0, 500));
        }
      }
      const isOpen = (a: NodeName, b: NodeName): boolean => !shut.has([a, b].toSorted().join());
      await sim.advance(noticedMs);
      expect(connections(sim)).toEqual(pairsWhere(sim, isOpen));
      sim.network.heal();
      await sim.advance(healedMs);
      expect(connections(sim)).toEqual(all(sim));
      expect(sim.network.openSockets).toBe(4 * 3);
      for (const chronicle of chronicles) {
        const { name } = chronicle.node;
        for (const other of names.filter((one) => one !== name)) {
          const expected = isOpen(name, other) ? ['up'] : ['up', 'down', 'up'];
          expect([name, other, chronicle.of(other)]).toEqual([name, other, expected]);
        }
      }
    },
  );
});

describe('nodes that lose each other in whatever way', () => {
  itHolds('are together again by themselves, with one connection each', async (sim) => {
    const chronicles = await cluster(sim, 4);
    await sim.disturb({
      forMs: 8_000,
      everyMs: [50, 1_000],
      lastsMs: [10, 4_000],
      faults: ['cut', 'block', 'partition', 'pause', 'slow'],
    });
    await sim.advance(healedMs);
    expect(connections(sim)).toEqual(all(sim));
    expect(sim.network.openSockets).toBe(4 * 3);
    expect(chronicles.flatMap((chronicle) => chronicle.disordered())).toStrictEqual([]);
  });

  itHolds('agree on whether they are connected, whoever connects and disconnects when', async (sim) => {
    const random = sim.random.fork('races');
    const chronicles = await cluster(sim, 3);
    for (let i = random.between(10, 40); i > 0; i--) {
      const [one, other] = random.shuffle(sim.nodes) as [Node, Node];
      const act = random.pick(['connect', 'disconnect', 'cut'] as const);
      if (act === 'cut') {
        sim.network.cut(one, other, { noticedBy: [one, other].filter(() => random.chance(0.8)) });
      } else {
        void one[act](other.name);
      }
      // From the same moment to some time after a handshake.
      if (random.chance(0.7)) await sim.advance(random.between(0, 8));
    }
    await sim.advance(healedMs);
    const agreed = connections(sim);
    expect(agreed.map((pair) => pair.split(' > ').toReversed().join(' > ')).toSorted()).toEqual(agreed);
    expect(sim.network.openSockets).toBe(agreed.length);
    expect(chronicles.flatMap((chronicle) => chronicle.disordered())).toStrictEqual([]);
  });

  itHolds('stay apart if both have disconnected, until a third node comes and tells of them', async (sim) => {
    const random = sim.random.fork('leaving');
    await cluster(sim, 3);
    // Until all introductions have arrived.
    await sim.advance(100);
    const [one, other] = random.shuffle(sim.nodes) as [Node, Node, Node];
    if (random.chance(0.5)) sim.network.cut(one, other);
    await sim.advance(random.between(0, random.pick([10, 3_000])));
    await Promise.all([one.disconnect(other.name), other.disconnect(one.name)]);
    await sim.advance(100_000);
    const left = [one.name, other.name];
    expect(connections(sim)).toEqual(pairsWhere(sim, (a, b) => !(left.includes(a) && left.includes(b))));
    const third = await sim.start('n4', { netTickMs, redial });
    await Promise.all(left.map((name) => third.connect(name)));
    await sim.advance(1_000);
    expect(connections(sim)).toEqual(all(sim));
  });
});

describe('a node of several that returns before its death was noticed, again and again', () => {
  itHolds(
    'is lost once and found once in each life that was seen, and the last one alone stays',
    async (sim) => {
      const random = sim.random.fork('lives');
      const inboxes: unknown[][] = [];
      const setUp = (node: Node): void => {
        const inbox: unknown[] = [];
        inboxes.push(inbox);
        const pid = node.spawn(async (self) => {
          for (;;) inbox.push(await self.receive());
        });
        node.register('target', pid);
      };
      const chronicles = await cluster(sim, 3);
      const subject = await sim.start('subject', { setUp, netTickMs, redial });
      await sim.connectAll();
      const former = [subject.whereis('target')!];
      for (let lives = 1 + random.below(4); lives > 0; lives--) {
        await sim.crash('subject', { silently: random.chance(0.8) });
        await sim.advance(random.between(0, 500));
        const again = await sim.restart('subject');
        former.push(again.whereis('target')!);
        if (random.chance(0.7)) void again.connect(random.pick(chronicles).node.name);
        for (const pid of former.slice(0, -1)) random.pick(chronicles).node.send(pid, 'for the dead');
        await sim.advance(random.between(0, 500));
      }
      await sim.advance(healedMs);
      expect(connections(sim)).toEqual(all(sim));
      expect(sim.network.openSockets).toBe(4 * 3);
      for (const { node } of chronicles) {
        for (const pid of former)
          node.send(pid, former.indexOf(pid) === former.length - 1 ? 'alive' : 'dead');
      }
      await sim.advance(100);
      expect(inboxes.map((inbox) => inbox.length > 0)).toEqual(former.map((_, i) => i === former.length - 1));
      expect(inboxes.at(-1)).toEqual(['alive', 'alive', 'alive']);
      for (const chronicle of chronicles) {
        expect(chronicle.disordered()).toStrictEqual([]);
        expect(chronicle.of('subject@sim').length).toBeGreaterThanOrEqual(3);
        expect(chronicle.of('subject@sim').length).toBeLessThanOrEqual(2 * former.length - 1);
        for (const other of chronicles)
          expect(chronicle.of(other.node.name)).toEqual(other === chronicle ? [] : ['up']);
      }
    },
  );
});
