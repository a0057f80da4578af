import { startCache } from '@trestle/cache';
import { silentLogger, startNode, type Node } from '@trestle/runtime';
import { collectGarbage, report } from './harness';

const count = 500_000;
const batch = 1_000;

/** As they come over the wire: each a flat string of its own. */
function entry(i: number): [string, string] {
  const key = Buffer.from(`key_${String(i)}`).toString('latin1');
  return [key, Buffer.alloc(64, 97 + (i % 26)).toString('latin1')];
}

/** The memory of an entry with a value of 64 bytes: key, value, version and its place. The cache stays: what it leaves is not counted. */
async function measure(
  node: Node,
  figure: string,
  bounds: { maxEntries?: number; maxBytes?: number },
): Promise<void> {
  collectGarbage();
  const before = process.memoryUsage();
  const cache = await startCache<string>(node, { name: figure, nodes: [node.name], ...bounds });
  for (let i = 0; i < count; i += batch)
    await cache.putMany(Array.from({ length: batch }, (_, more) => entry(i + more)));
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const bytes = Math.round((heapUsed - before.heapUsed + arrayBuffers - before.arrayBuffers) / count);
  if ((await cache.statistics()).entries !== count) throw new Error('not all entries are there');
  report({ figure, value: bytes, unit: 'bytes', runs: [bytes], reach: '<= 250' });
}

async function main(): Promise<void> {
  const node = await startNode({ logger: silentLogger });
  await measure(node, 'a cached entry of 64 bytes', {});
  await measure(node, 'a cached entry of 64 bytes, maxEntries', { maxEntries: count });
  await measure(node, 'a cached entry of 64 bytes, maxBytes', { maxBytes: 1e9 });
  await node.stop();
}

void main();
