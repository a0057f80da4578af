import {
  GenServer,
  localName,
  noReply,
  reply,
  type Call,
  type CallResult,
  type From,
  type Node,
} from '@trestle/runtime';
import type { Simulation } from '@trestle/runtime/testing';
import { itHolds } from '../../../support/property';

type Request = Call<{ type: 'work'; forMs: number }, 'done'>;

class Worker extends GenServer<Request> {
  override handleCall(request: { type: 'work'; forMs: number }, from: From): CallResult {
    if (request.forMs === 0) return reply(request as never, 'done' as never);
    this.self.sendAfter(this.self.pid, from, request.forMs);
    return noReply();
  }
  override handleInfo(from: From): void {
    this.self.reply(from, 'done');
  }
}
const WORKER = localName<Worker>('worker');
const drainMs = 5_000;

/** The calls that nodes make. */
interface Calls {
  /** What became of them. */
  readonly ends: string[];
  /** A node makes no further ones. */
  silence(node: Node): void;
  stop(): void;
}

/** Has nodes call each other, except those of which they know that they leave. */
function callAtRandom(sim: Simulation): Calls {
  const random = sim.random.fork('calls');
  const ends: string[] = [];
  let calling = true;
  let quiet: Node | null = null;
  const next = (): void => {
    const [caller, server] = random.shuffle(sim.nodes) as [Node, Node];
    const mayAsk = caller.list().includes(server.name) && !caller.list('leaving').includes(server.name);
    if (caller !== quiet && mayAsk) {
      const request = { type: 'work', forMs: random.pick([0, random.below(500)]) } as const;
      caller.call(WORKER.on(server.name), request, { timeoutMs: 3_000 }).then(
        (answer) => ends.push(answer),
        (error: unknown) => ends.push((error as { code: string }).code),
      );
    }
    if (calling) sim.clock.setTimer(next, random.between(0, 20));
  };
  next();
  return {
    ends,
    silence: (node) => void (quiet = node),
    stop: () => void (calling = false),
  };
}

async function start(sim: Simulation): Promise<{ leaving: Node; others: Node[]; downs: string[] }> {
  const nodes = await sim.startNodes(4, {
    setUp: (node) => node.start(Worker, { name: WORKER }),
    netTickMs: 2_000,
    redial: { minMs: 50, maxMs: 500 },
  });
  // Until all introductions have arrived.
  await sim.advance(100);
  const [leaving, ...others] = nodes as [Node, ...Node[]];
  const downs: string[] = [];
  for (const node of others) {
    node.events.on(
      'nodedown',
      ({ node: lost, reason }) => lost === leaving.name && downs.push(String(reason)),
    );
  }
  return { leaving, others, downs };
}

const lists = (nodes: readonly Node[]): string[][] => nodes.map((node) => [...node.list()].toSorted());
const withoutIt = (others: readonly Node[]): string[][] =>
  others.map((node) => others.filter((other) => other !== node).map(({ name }) => name));

describe('a node that drains', () => {
  itHolds('fails no call that was made before it was known, and is lost once: left', async (sim) => {
    const { leaving, others, downs } = await start(sim);
    const calls = callAtRandom(sim);
    await sim.advance(sim.random.between(0, 300));
    calls.silence(leaving);
    const drained = leaving.drain({ timeoutMs: drainMs });
    await sim.advance(50);
    calls.stop();
    await drained;
    await sim.advance(10_000);
    expect(calls.ends.filter((end) => end !== 'done')).toStrictEqual([]);
    expect(downs).toEqual(['left', 'left', 'left']);
    expect(lists(others)).toEqual(withoutIt(others));
    expect(leaving.list()).toStrictEqual([]);
  });

  itHolds('is out in time and stays out, whatever happens to the network', async (sim) => {
    const { leaving, others } = await start(sim);
    const calls = callAtRandom(sim);
    const disturbed = sim.disturb({
      forMs: 8_000,
      everyMs: [20, 800],
      lastsMs: [10, 3_000],
      faults: ['cut', 'block', 'partition', 'slow'],
    });
    await sim.advance(sim.random.between(0, 2_000));
    calls.silence(leaving);
    const begun = sim.clock.now();
    await leaving.drain({ timeoutMs: drainMs });
    expect(sim.clock.now() - begun).toBeLessThanOrEqual(drainMs + 100);
    calls.stop();
    await disturbed;
    await sim.advance(20_000);
    expect(leaving.list()).toStrictEqual([]);
    expect(lists(others)).toEqual(withoutIt(others));
  });

  itHolds(
    'is back with all others in its next life, which dials one of them, whatever they missed',
    async (sim) => {
      const { leaving, others } = await start(sim);
      const disturbed = sim.disturb({
        forMs: 6_000,
        everyMs: [20, 800],
        lastsMs: [10, 3_000],
        faults: ['cut', 'block', 'partition', 'slow', 'pause'],
      });
      await sim.advance(sim.random.between(0, 3_000));
      await leaving.drain({ timeoutMs: sim.random.pick([0, 50, 1_000]) });
      const ups = new Map(others.map((node) => [node.name, 0]));
      for (const node of others)
        node.events.on(
          'nodeup',
          (up) => up.node === leaving.name && ups.set(node.name, ups.get(node.name)! + 1),
        );
      await sim.stopNode(leaving);
      if (sim.random.chance(0.5)) await sim.advance(sim.random.between(0, 500));
      const next = await sim.restart(leaving.name);
      const first = sim.random.pick(others);
      while (!(await sim.until(next.connect(first.name)))) await sim.advance(100);
      await disturbed;
      await sim.advance(30_000);
      const all = [next, ...others];
      expect(lists(all)).toEqual(
        all.map((node) => all.flatMap(({ name }) => (name === node.name ? [] : name)).toSorted()),
      );
      expect(all.flatMap((node) => node.list('leaving'))).toStrictEqual([]);
      expect(Math.min(...ups.values())).toBeGreaterThan(0);
    },
  );
});
