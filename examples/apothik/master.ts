// What one does with the cache from a shell. The article's `Master`.
import type { CacheKey, CacheModule } from '@trestle/cache';
import type { RemoteModule, Rpc } from '@trestle/runtime';
import { nodeName } from './cluster-config';
import { showProgress } from './progress-bar';

/** How many puts are under way at once: the article waits for each, which takes three times as long. */
const inFlight = 20;

/** The verbs of the master, each by way of instance `i`, whichever node owns the key. */
export function masterOf(rpc: Rpc) {
  const cacheOn = (i: number): RemoteModule<CacheModule> => rpc.module<CacheModule>('Cache').on(nodeName(i));
  return {
    /** How many entries the instance holds. */
    stat: (i: number) => cacheOn(i).stats(),
    get: (i: number, key: CacheKey) => cacheOn(i).get(key),
    put: (i: number, key: CacheKey, value: unknown) => cacheOn(i).put(key, value),
    delete: (i: number, key: CacheKey) => cacheOn(i).delete(key),

    /** Puts `n` entries, a few at a time, and shows how far it is. */
    fill: async (i: number, n: number) => {
      const cache = cacheOn(i);
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
