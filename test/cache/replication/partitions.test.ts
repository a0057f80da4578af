import type { Simulation } from '@trestle/runtime/testing';
import { itHolds } from '../../support/property';
import { cacheOn, fiveNodes, partOf, untilInStep, wrongCopies } from './cache-cluster';
import { Writer } from './written';

const keys = Array.from({ length: 12 }, (_, i) => `key_${i}`);
const setUp = cacheOn({ nodes: fiveNodes, copies: 3, syncEveryMs: 2_000 });

/** Some of the nodes are cut off from the others for a while. */
async function partition(sim: Simulation): Promise<void> {
  const nodes = sim.random.shuffle(sim.nodes);
  const size = 1 + sim.random.below(nodes.length - 1);
  sim.network.partition(nodes.slice(0, size), nodes.slice(size));
  await sim.advance(sim.random.between(100, 6_000));
  sim.network.heal();
  await sim.advance(sim.random.between(0, 2_000));
}

/** Everything is mended, and quiet: nobody has anything to tell the others. */
async function quiet(sim: Simulation): Promise<void> {
  await sim.connectAll();
  await untilInStep(sim);
  await sim.advance(5_000);
  await untilInStep(sim);
}

async function check(sim: Simulation, writer: Writer): Promise<void> {
  expect(await wrongCopies(sim.nodes)).toStrictEqual([]);
  const parts = await Promise.all(sim.nodes.map(partOf));
  const present = (key: string | number) =>
    parts.map(({ store }) => store.peek(key)?.value).find((value) => value !== undefined);
  expect(writer.lost(present)).toStrictEqual([]);
  expect(writer.succeeded).toBeGreaterThan(20);
}

describe('a cache with three copies, whatever happens', () => {
  itHolds('loses no acknowledged quorum write in three partitions, and all copies are equal', async (sim) => {
    await sim.startNodes(5, { setUp, netTickMs: 2_000 });
    const writer = new Writer(sim, keys, 'quorum', [10, 250]);
    for (let i = 0; i < 3; i++) await partition(sim);
    await writer.stop();
    await quiet(sim);
    await check(sim, writer);
  });

  itHolds('loses none when a node is lost, and back in step before the next one is', async (sim) => {
    await sim.startNodes(5, { setUp, netTickMs: 2_000 });
    const writer = new Writer(sim, keys, 'quorum', [10, 250]);
    for (let i = 0; i < 3; i++) {
      const { name } = sim.random.pick(sim.nodes);
      await sim.crash(name, { silently: sim.random.chance(0.5) });
      await sim.advance(sim.random.between(0, 4_000));
      await sim.restart(name);
      await sim.connectAll();
      await untilInStep(sim);
      await sim.advance(1_000);
      await untilInStep(sim);
    }
    await writer.stop();
    await quiet(sim);
    await check(sim, writer);
  });

  itHolds('has equal copies in the end, also of writes that waited for one copy', async (sim) => {
    await sim.startNodes(5, { setUp, netTickMs: 2_000 });
    const writer = new Writer(sim, keys, 'one', [10, 200]);
    await sim.disturb({ forMs: 12_000, everyMs: [300, 2_000], lastsMs: [10, 4_000] });
    await writer.stop();
    await quiet(sim);
    expect(await wrongCopies(sim.nodes)).toStrictEqual([]);
  });
});
