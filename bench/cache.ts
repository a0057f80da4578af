import { startCache } from '@trestle/cache';
import { startNode } from '@trestle/runtime';
import { startCacheCluster } from './cache-cluster';
import { callers, rate, time } from './harness';
import { measureRedis } from './redis';

const value = 'v'.repeat(64);
const keys = Array.from({ length: 10_000 }, (_, i) => `key_${String(i)}`);

/** One key after another, over and over. */
function nextKey(): () => string {
  let at = 0;
  return () => {
    at = at === keys.length - 1 ? 0 : at + 1;
    return keys[at] ?? '';
  };
}

/** What both caches are asked. */
export interface Asked {
  readonly name: string;
  get(key: string): Promise<unknown>;
  put(key: string): Promise<unknown>;
  getMany(keys: readonly string[]): Promise<unknown>;
  putMany(keys: readonly string[]): Promise<unknown>;
}

const reaches: Readonly<Record<string, string>> = {
  'get, 1,000 in flight': '>= 400 k',
  'get, 100 in flight': '>= 300 k',
  'put, 1,000 in flight': '>= 400 k',
  'put, 100 in flight': '>= 300 k',
  'keys by getMany of 100': '>= 2 M',
};

export async function measure(asked: Asked, ours: boolean): Promise<void> {
  const { name } = asked;
  const key = nextKey();
  const reach = (figure: string) => (ours && figure in reaches ? { reach: reaches[figure] ?? '' } : {});
  const many = (figure: string, count: number, concurrency: number, call: () => Promise<unknown>, each = 1) =>
    rate(`${name}: ${figure}`, count, (n) => callers(Math.ceil(n / each), concurrency, call), reach(figure));
  await asked.putMany(keys);
  for (const [figure, concurrency] of [
    ['1,000 in flight', 1_000],
    ['100 in flight', 100],
  ] as const) {
    await many(`get, ${figure}`, 200_000, concurrency, () => asked.get(key()));
    await many(`put, ${figure}`, 200_000, concurrency, () => asked.put(key()));
  }
  const hundreds = Array.from({ length: 100 }, (_, i) => keys.slice(i * 100, i * 100 + 100));
  let hundred = 0;
  const nextHundred = () => hundreds[(hundred = (hundred + 1) % 100)] ?? [];
  await many('keys by getMany of 100', 2_000_000, 20, () => asked.getMany(nextHundred()), 100);
  const some = keys.slice(0, 5_000);
  await time(`${name}: fill 5,000 by putMany`, 'ms', () => asked.putMany(some).then(() => undefined), {
    ...(ours ? { reach: '<= 100' } : {}),
  });
  const oneByOne = async (): Promise<void> => {
    for (const one of some) await asked.put(one);
  };
  await time(`${name}: fill 5,000 one by one`, 'ms', oneByOne, { ...(ours ? { reach: '<= 500' } : {}) });
}

/** Five nodes that store, one in this OS process that asks. */
async function measureCluster(name: string, copies: number): Promise<void> {
  const { cache, stop } = await startCacheCluster(5, { copies });
  const asked: Asked = {
    name,
    get: (key) => cache.get(key),
    put: (key) => cache.put(key, value),
    getMany: (some) => cache.getMany(some),
    putMany: (some) => cache.putMany(some.map((key) => [key, value])),
  };
  await measure(asked, copies === 1);
  await stop();
}

/** What is on the node that asks. */
async function measureLocal(): Promise<void> {
  const node = await startNode();
  const cache = await startCache<string>(node, { name: 'Cache', nodes: [node.name] });
  const key = nextKey();
  await cache.putMany(keys.map((one) => [one, value]));
  await rate('cache: local hit', 1_000_000, (n) => callers(n, 1_000, () => cache.get(key())), {
    reach: '>= 2 M',
  });
  await node.stop();
}

async function main(): Promise<void> {
  await measureLocal();
  await measureCluster('cache', 1);
  await measureCluster('cache, three copies', 3);
  await measureRedis(value, (asked) => measure(asked, false));
}

if (require.main === module) void main();
