import type { Node } from '@trestle/runtime';
import type { Simulation } from '@trestle/runtime/testing';
import { itHolds } from '../../../support/property';
import { startTraffic, Witness, type Numbered } from './traffic';

/** What a witness has seen, on the node of this name. */
type Sight = Pick<Witness, 'seen'> & { readonly on: string };

/** By the seed: all claims are made of the same runs. One that fails tells what happened if it is tried alone (`-t`). */
const sights = new Map<number, readonly Sight[]>();

async function sightsOf(sim: Simulation): Promise<readonly Sight[]> {
  const known = sights.get(sim.seed);
  if (known !== undefined) return known;
  const fresh = (await disturbedTraffic(sim)).map(({ seen, self }) => ({ seen, on: self.node.name }));
  sights.set(sim.seed, fresh);
  return fresh;
}

/** Nodes with a witness in each of their lives, disturbed for a while as they send each other numbers. */
async function disturbedTraffic(sim: Simulation): Promise<Witness[]> {
  const witnesses: Witness[] = [];
  const setUp = async (node: Node): Promise<void> => void witnesses.push(await Witness.on(node));
  await sim.startNodes(3, { setUp, netTickMs: 4_000 });
  const traffic = startTraffic(sim, witnesses, 50);
  const leaving = leaveAtRandom(sim);
  await sim.disturb({ forMs: 20_000, everyMs: [50, 1_500], lastsMs: [10, 8_000] });
  await sim.advance(1_000);
  traffic.stop();
  leaving.stop();
  await sim.advance(1_000);
  return witnesses;
}

/** Has nodes disconnect from each other on purpose, now and then. */
function leaveAtRandom(sim: Simulation): { stop(): void } {
  const random = sim.random.fork('leaving');
  let stopped = false;
  const next = (): void => {
    if (stopped) return;
    const [one, other] = random.shuffle(sim.nodes);
    if (one !== undefined && other !== undefined) void one.disconnect(other.name);
    sim.clock.setTimer(next, random.between(0, 4_000));
  };
  next();
  return { stop: () => void (stopped = true) };
}

const numbersOf = ({ seen }: Sight): Numbered[] =>
  seen.filter((message): message is Numbered => message.type === 'numbered');

describe('whatever happens to nodes and network', () => {
  itHolds('messages of one process to another arrive in order, each once at most', async (sim) => {
    const all = (await sightsOf(sim)).map(numbersOf);
    expect(all.flatMap(outOfOrder)).toStrictEqual([]);
    expect(all.flat().length).toBeGreaterThan(20);
  });

  itHolds(
    'nodeup comes before any signal of a node, nodedown after the last, and they alternate',
    async (sim) => {
      expect((await sightsOf(sim)).flatMap(outOfPlace)).toStrictEqual([]);
    },
  );

  itHolds('no message of an earlier life of a node comes after one of a later life', async (sim) => {
    expect((await sightsOf(sim)).map(numbersOf).flatMap(fromThePast)).toStrictEqual([]);
  });
});

/** The messages that come after a later one of their sender, or a second time. */
function outOfOrder(numbers: readonly Numbered[]): Numbered[] {
  const last = new Map<string, number>();
  return numbers.filter(({ from, n }) => {
    const before = last.get(from) ?? 0;
    last.set(from, n);
    return n <= before;
  });
}

/** What a witness has seen of a node while it was not up, and each coming or going that was none. */
function outOfPlace({ seen, on }: Sight): unknown[] {
  const up = new Set<string>([on]);
  return seen.filter((message) => {
    const wasUp = up.has(message.node);
    if (message.type === 'nodeup') up.add(message.node);
    if (message.type === 'nodedown') up.delete(message.node);
    return wasUp === (message.type === 'nodeup');
  });
}

/** The messages of a process whose node has been heard of in a later life. */
function fromThePast(numbers: readonly Numbered[]): Numbered[] {
  const present = new Map<string, string>();
  const over = new Set<string>();
  return numbers.filter(({ node, from }) => {
    const before = present.get(node);
    if (before !== undefined && before !== from) over.add(before);
    present.set(node, from);
    return over.has(from);
  });
}
