// The distributed cache: one server a node, keys routed by hash, any node answers for any key.
import { startNode } from '@trestle/runtime';
import { startCache } from '@trestle/cache';

async function main(): Promise<void> {
  const cookie = 'cache-example-cookie';
  const names = ['cache_1@127.0.0.1', 'cache_2@127.0.0.1', 'cache_3@127.0.0.1'];
  const nodes = await Promise.all(names.map((name) => startNode({ name, cookie })));
  const caches = await Promise.all(nodes.map((node) => startCache(node, { name: 'cache', nodes: names })));
  const [one, two, three] = caches;

  for (let i = 1; i <= 300; i++) await one?.put(`key_${String(i)}`, { value: i });
  console.log(await two?.get('key_7'), await three?.get('nothing'));
  await two?.delete('key_7');
  console.log(await Promise.all(caches.map((cache) => cache.stats())));
  await Promise.all(nodes.map((node) => node.stop()));
}

void main();

// prints:
// { value: 7 } undefined
// [ 103, 103, 93 ]
