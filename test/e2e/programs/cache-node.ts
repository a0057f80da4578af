// A node that holds a part of a cache. The first argument is JSON: the options of the node, and those of the cache; then, if
// there is no port mapper, the ports of the loopback address at which it finds other nodes. A test asks it for what it does
// and has by the exposed module `Copies`.
import { startCache, type CacheOptions } from '@trestle/cache';
import { startNode, type Node, type NodeName, type NodeOptions } from '@trestle/runtime';
import { partOf, recordsOf } from '../../cache/replication/cache-cluster';
import type { StoredKey } from '../../../packages/cache/src/store/stored-key';
import { QuorumWriter } from './quorum-writer';
import { resolveBy, seesExactly } from '../../support/seen-nodes';

export type Ports = Readonly<Record<NodeName, number>>;

const copies = (node: Node) => {
  let writer: QuorumWriter | undefined;
  return {
    /** What it knows: see `recordsOf`. */
    records: async () => [...(await recordsOf(node))],
    owners: async (keys: readonly StoredKey[]) => {
      const { replicas } = await partOf(node);
      return keys.map((key) => replicas!.ownersOf(key));
    },
    /** Waits until it lists exactly these nodes. */
    sees: (nodes: readonly NodeName[]) => seesExactly(node, nodes),
    startWriting: (seed: number, shared: readonly string[]) => {
      writer = new QuorumWriter(node, seed, shared);
    },
    succeeds: (times: number) => writer!.succeeds(times),
    stopWriting: () => writer!.stop(),
  };
};

/** What a test asks of such a node. */
export type Copies = ReturnType<typeof copies>;

async function main(options: NodeOptions, cache: CacheOptions, ports?: Ports): Promise<void> {
  const node = await startNode({ ...options, ...(ports === undefined ? {} : resolveBy(ports)) });
  node.expose('Copies', copies(node));
  await startCache(node, cache);
  console.log('ready');
}

if (require.main === module) {
  const args = JSON.parse(process.argv[2] ?? '[]') as [NodeOptions, CacheOptions, Ports?];
  main(...args).catch((error: unknown) => {
    console.error(String(error));
    process.exit(1);
  });
}
