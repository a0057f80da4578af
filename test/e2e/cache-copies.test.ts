/** A cache with three copies on five OS processes, some of which hang, are killed and come back. */
import { Cache, type CacheOptions } from '@trestle/cache';
import { OsCache } from '../support/os-cache';
import { OsCluster } from '../support/os-cluster';
import { Witness } from '../support/os-node';
import type { OsProcess } from '../support/os-process';

const names = [1, 2, 3, 4, 5].map((i) => `store_${i}@127.0.0.1`);
const options: CacheOptions = { name: 'Cache', nodes: names, copies: 3, syncEveryMs: 500 };
// A node that hangs is given up after a second.
const netTickMs = 1_000;

let cluster: OsCluster;
let witness: Witness;
let cache: Cache<number>;
let parts: OsCache;
const processes = new Map<string, OsProcess>();

async function start(name: string): Promise<void> {
  const started = cluster.program('test/e2e/programs/cache-node.ts', [
    JSON.stringify([{ name, netTickMs }, options]),
  ]);
  await started.prints(/^ready$/m);
  processes.set(name, started);
}

beforeAll(async () => {
  cluster = await OsCluster.start();
  witness = await Witness.start(cluster, 'witness@127.0.0.1', { netTickMs });
  await Promise.all(names.map(start));
  cache = new Cache<number>(witness.node, options);
  parts = new OsCache(witness.node, names);
  for (const name of names) await witness.node.connect(name);
  await parts.inStep();
}, 60_000);

afterAll(() => cluster.end());

/** Writes keys one after another until it is told to stop; gives those whose writes succeeded. */
function writeKeys(prefix: string): { readonly stop: () => Promise<string[]> } {
  const acknowledged: string[] = [];
  let isWriting = true;
  const writing = (async () => {
    for (let i = 0; isWriting; i++) {
      const key = `${prefix}_${i}`;
      try {
        await cache.put(key, i, { concern: 'quorum', timeoutMs: 2_000 });
        acknowledged.push(key);
      } catch {
        // Nobody has promised anything.
      }
    }
  })();
  return {
    stop: async () => {
      isWriting = false;
      await writing;
      return acknowledged;
    },
  };
}

const valueIn = (key: string): number => Number(key.split('_')[1]);

async function copies(): Promise<number> {
  const sizes = await Promise.all(names.map((name) => cache.stats(name)));
  return sizes.reduce((sum, size) => sum + size);
}

it('loses no acknowledged quorum write though nodes hang, and has all copies when they go on', async () => {
  const writer = writeKeys('hang');
  for (const name of ['store_2@127.0.0.1', 'store_4@127.0.0.1', 'store_5@127.0.0.1']) {
    const lost = new Promise((resolve) => witness.node.events.once('nodedown', resolve));
    processes.get(name)!.suspend();
    await lost;
    processes.get(name)!.resume();
    await witness.node.connect(name);
    await parts.inStep();
  }
  const keys = await writer.stop();
  expect(keys.length).toBeGreaterThan(20);
  await parts.untilEqual();
  await expect(cache.getMany(keys)).resolves.toEqual(keys.map(valueIn));
}, 90_000);

it('has every key when any two of five are killed, and all copies when they are back', async () => {
  const keys = Array.from({ length: 10_000 }, (_, i) => `fill_${i}`);
  await cache.clear();
  await cache.putMany(
    keys.map((key) => [key, valueIn(key)]),
    { concern: 'all' },
  );
  expect(await copies()).toBe(30_000);
  const pairs = names.flatMap((one, i) => names.slice(i + 1).map((other) => [one, other]));
  expect(pairs).toHaveLength(10);
  for (const pair of pairs) {
    await Promise.all(pair.map((name) => processes.get(name)!.signalGroup('SIGKILL')));
    await expect(cache.getMany(keys)).resolves.toStrictEqual(keys.map(valueIn));
    await Promise.all(pair.map(start));
    for (const name of names) await witness.node.connect(name);
    await parts.inStep();
    expect(await copies()).toBe(30_000);
  }
  await parts.untilEqual();
}, 180_000);
