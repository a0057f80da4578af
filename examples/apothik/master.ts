// What one does with the cache from a shell. The article's `Master`.
import type { CacheKey, CacheModule } from '@trestle/cache';
import {
  BadArgumentError,
  NodeDownError,
  type NodeName,
  type RemoteModule,
  type Rpc,
} from '@trestle/runtime';
import type { ClusterModule } from './application';
import { instanceNumbers, nodeName } from './cluster-config';
import { showProgress } from './progress-bar';

/** How many puts are under way at once: the article waits for each, which takes three times as long. */
const inFlight = 20;

/** The verbs of the master, each by way of instance `i`, whichever node owns the key. */
export function masterOf(rpc: Rpc) {
  const cacheOn = (i: number): RemoteModule<CacheModule> => rpc.module<CacheModule>('Cache').on(instance(i));
  const clusterOn = (i: number) => rpc.module<ClusterModule>('Cluster').on(instance(i));
  return {
    /** How many entries the instance holds. */
    stat: (i: number) => cacheOn(i).stats(),
    /** How many each of the five holds; `'nodedown'` of one that is not there. */
    stats: () => Promise.all(instanceNumbers.map((i) => cacheOn(i).stats().catch(nodedown))),
    get: (i: number, key: CacheKey) => cacheOn(i).get(key),
    put: (i: number, key: CacheKey, value: unknown) => cacheOn(i).put(key, value),
    delete: (i: number, key: CacheKey) => cacheOn(i).delete(key),

    /** Stops the instance. */
    kill: (i: number) => rpc.call(instance(i), 'System', 'stop', []),
    /** The machines that instance `i` knows to hold entries. */
    cluster: (i: number) => clusterOn(i).members(),
    /** The tokens that each of them has, as instance `i` sees it: `0-199;200-399;…`. */
    tokens: (i: number) => clusterOn(i).tokens(),

    /** Puts `n` entries, a few at a time, and shows how far it is. */
    fill: async (i: number, n: number) => {
      const cache = cacheOn(i);
      counted('a number of entries', n);
      const progress = showProgress(`fill through ${nodeName(i)}`, n);
      let [begun, done] = [0, 0];
      const work = async (): Promise<void> => {
        while (begun < n) {
          const j = (begun += 1);
          await cache.put(`k_${String(i)}_${String(j)}`, j);
          progress.to((done += 1));
        }
      };
      try {
        await Promise.all(Array.from({ length: inFlight }, work));
        return 'ok';
      } finally {
        // After a failure the others stop as well.
        begun = n;
        progress.end();
      }
    },
  };
}

function instance(i: number): NodeName {
  return nodeName(counted("an instance's number", i));
}

/** Whoever types at a prompt has no compiler: `Master.get('key')` is not to look for a node `apothik_key`. */
function counted(what: string, number: number): number {
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new BadArgumentError({ call: 'Master', expected: `${what}, from 1 on`, got: number });
}

/** The article's `{:badrpc, :nodedown}`. */
function nodedown(error: unknown): 'nodedown' {
  if (error instanceof NodeDownError) return 'nodedown';
  throw error;
}
