/** A cache with three copies on five OS processes, whose network is cut in two three times. */
import type { CacheOptions } from '@trestle/cache';
import type { NodeName } from '@trestle/runtime';
import { SeededRandom } from '@trestle/runtime/testing';
import { lostWrites } from '../cache/replication/lost-writes';
import { freePort } from '../support/free-port';
import { OsCache } from '../support/os-cache';
import { OsCluster } from '../support/os-cluster';
import { Witness } from '../support/os-node';
import { resolveBy } from '../support/seen-nodes';
import { TcpProxy } from '../support/tcp-proxy';
import type { Ports } from './programs/cache-node';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const random = new SeededRandom(seed);
const names: readonly NodeName[] = [1, 2, 3, 4, 5].map((i) => `store_${i}@127.0.0.1`);
const options: CacheOptions = { name: 'Cache', nodes: names, copies: 3, syncEveryMs: 500 };
/** A node that is silent is given up after a second, and looked for all the time. */
const [netTickMs, redial] = [1_000, { minMs: 20, maxMs: 200 }];
const shared = Array.from({ length: 12 }, (_, i) => `shared_${i}`);

let cluster: OsCluster;
let cache: OsCache;
/** Each node reaches each other node by a proxy of its own. */
const proxies: { readonly from: NodeName; readonly to: NodeName; readonly proxy: TcpProxy }[] = [];

async function portsFor(from: NodeName, ports: ReadonlyMap<NodeName, number>): Promise<Ports> {
  const found: Record<NodeName, number> = {};
  for (const to of names.filter((name) => name !== from)) {
    const proxy = await TcpProxy.start(ports.get(to)!);
    proxies.push({ from, to, proxy });
    found[to] = proxy.port;
  }
  return found;
}

async function start(name: NodeName, ports: ReadonlyMap<NodeName, number>): Promise<void> {
  const args = [{ name, netTickMs, redial, port: ports.get(name) }, options, await portsFor(name, ports)];
  const process = cluster.program('test/e2e/programs/cache-node.ts', [JSON.stringify(args)]);
  await process.prints(/^ready$/m);
}

beforeAll(async () => {
  cluster = await OsCluster.start();
  const ports = new Map<NodeName, number>();
  for (const name of names) ports.set(name, await freePort());
  await Promise.all(names.map((name) => start(name, ports)));
  // It is hidden, so that no node hears from it where the others are, and reaches them whatever is cut.
  const where = resolveBy(Object.fromEntries(ports));
  const { node } = await Witness.start(cluster, 'witness@127.0.0.1', { hidden: true, ...where });
  cache = new OsCache(node, names);
  for (const name of names.slice(1)) await node.rpc.call(names[0]!, 'Node', 'connect', [name]);
  await cache.inStep();
}, 60_000);

afterAll(async () => {
  await cluster.end();
  await Promise.all(proxies.map(({ proxy }) => proxy.stop()));
});

/** Waits until the nodes of each part see each other, and nobody else. */
async function seen(...parts: (readonly NodeName[])[]): Promise<void> {
  const seeing = parts.flatMap((part) =>
    part.map((name) => cache.on(name).sees(part.filter((other) => other !== name))),
  );
  await Promise.all(seeing);
}

/** Waits until each of some nodes has written 20 times more with success. */
async function written(by: readonly NodeName[]): Promise<void> {
  await Promise.all(by.map((name) => cache.on(name).succeeds(20)));
}

/** Cuts some nodes off from the others, until both parts know it and the greater one has written on; and mends it. */
async function partition(size: number, by: 'reset' | 'hold'): Promise<void> {
  const nodes = random.shuffle(names);
  const [few, most] = [nodes.slice(0, size), nodes.slice(size)];
  const across = proxies.filter(({ from, to }) => few.includes(from) !== few.includes(to));
  for (const { proxy } of across) proxy.cut(by);
  await seen(few, most);
  await written(most);
  for (const { proxy } of across) proxy.mend();
  await seen(names);
  await written(names);
}

async function writeInPartitions(): Promise<void> {
  await Promise.all(names.map((name) => cache.on(name).startWriting(seed, shared)));
  await partition(2, 'hold');
  await partition(1, 'reset');
  await partition(2, random.pick(['hold', 'reset']));
}

it(`loses no acknowledged quorum write in three partitions, and all copies are equal (SEED=${seed})`, async () => {
  await writeInPartitions();
  const writes = (await Promise.all(names.map((name) => cache.on(name).stopWriting()))).flat();
  const records = await cache.untilEqual();
  // A record is the value as JSON, and its version; or that it was deleted.
  const present = (key: unknown): unknown => /"(.*)"/.exec(records.get(key) ?? '')?.[1];
  expect(lostWrites(writes, present)).toStrictEqual([]);
  expect(writes.filter(({ hasSucceeded }) => hasSucceeded).length).toBeGreaterThan(300);
  // The partitions were felt.
  expect(writes.filter(({ hasSucceeded }) => !hasSucceeded).length).toBeGreaterThan(0);
}, 120_000);
