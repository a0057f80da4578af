/** A cache with three copies on five OS processes, some of which hang, are killed and come back. */
import {
  Cache,
  type CacheEvent,
  type CacheEventKind,
  type CacheOptions,
  type CacheServer,
} from '@trestle/cache';
import { localName } from '@trestle/runtime';
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
  for (const name of names) await witness.node.connect(name);
  await inStep();
}, 60_000);

afterAll(() => cluster.end());

/** Has every node tell what happens on it from now on, until `isEnough` says so of what it has heard. */
function hear(events: readonly CacheEventKind[], isEnough: (event: CacheEvent) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    witness.node.spawn<CacheEvent>(async (self) => {
      const subscribe = { type: 'subscribe', events, pid: self.pid } as const;
      const servers = names.map((name) => localName<CacheServer>('Cache').on(name));
      await Promise.all(servers.map((server) => self.call(server, subscribe))).catch(reject);
      while (!isEnough(await self.receive('cacheEvent')));
      resolve();
    });
  });
}

/** Waits until each node sees all others, and has what they have. */
async function inStep(): Promise<void> {
  const ready = new Set<string>();
  await hear(['state'], (event) => {
    if (event.event !== 'state') return false;
    if (event.state === 'ready' && event.peers.length === names.length - 1) ready.add(event.node);
    else ready.delete(event.node);
    return ready.size === names.length;
  });
}

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

/** Waits until there are so many copies: what was not acknowledged may be there as well. */
async function untilEqualCopies(): Promise<void> {
  let look = (): void => undefined;
  let isDone = false;
  // The state is told at once by each node: from then on all are heard.
  let heard = 0;
  const allHeard = new Promise<void>((resolve, reject) => {
    hear(['changed', 'state'], ({ event }) => {
      if (event === 'state' && ++heard === names.length) resolve();
      look();
      return isDone;
    }).catch(reject);
  });
  await allHeard;
  while (!isDone) {
    const change = new Promise<void>((resolve) => (look = resolve));
    const keys = new Set<unknown>();
    for await (const key of cache.keys()) keys.add(key);
    isDone = (await copies()) === 3 * keys.size;
    if (!isDone) await change;
  }
}

it('loses no acknowledged quorum write though nodes hang, and has all copies when they go on', async () => {
  const writer = writeKeys('hang');
  for (const name of ['store_2@127.0.0.1', 'store_4@127.0.0.1', 'store_5@127.0.0.1']) {
    const lost = new Promise((resolve) => witness.node.events.once('nodedown', resolve));
    processes.get(name)!.suspend();
    await lost;
    processes.get(name)!.resume();
    await witness.node.connect(name);
    await inStep();
  }
  const keys = await writer.stop();
  expect(keys.length).toBeGreaterThan(20);
  await untilEqualCopies();
  await expect(cache.getMany(keys)).resolves.toEqual(keys.map(valueIn));
}, 90_000);

it('has every key when two of five are killed, and all copies when they are back', async () => {
  const keys = Array.from({ length: 10_000 }, (_, i) => `fill_${i}`);
  await cache.clear();
  await cache.putMany(
    keys.map((key) => [key, valueIn(key)]),
    { concern: 'all' },
  );
  expect(await copies()).toBe(30_000);
  for (const name of names.slice(1, 3)) await processes.get(name)!.signalGroup('SIGKILL');
  await expect(cache.getMany(keys)).resolves.toEqual(keys.map(valueIn));
  await Promise.all(names.slice(1, 3).map(start));
  for (const name of names) await witness.node.connect(name);
  await inStep();
  expect(await copies()).toBe(30_000);
}, 90_000);
