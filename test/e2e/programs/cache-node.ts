// A node that holds a part of a cache. The first argument is JSON: the options of the node, and those of the cache.
import { startCache, type CacheOptions } from '@trestle/cache';
import { startNode, type NodeOptions } from '@trestle/runtime';

async function main(node: NodeOptions, cache: CacheOptions): Promise<void> {
  await startCache(await startNode(node), cache);
  console.log('ready');
}

const [node, cache] = JSON.parse(process.argv[2] ?? '[]') as [NodeOptions, CacheOptions];
main(node, cache).catch((error: unknown) => {
  console.error(String(error));
  process.exit(1);
});
