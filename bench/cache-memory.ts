import { entryOf } from '../packages/cache/src/store/entry';
import { Store, type StoreObserver } from '../packages/cache/src/store/store';
import { collectGarbage, report } from './harness';

const count = 500_000;
const nothing = (): void => undefined;
const silent: StoreObserver = { changed: nothing, prolonged: nothing, evicted: nothing, expired: nothing };

/** The memory of an entry with a value of 64 bytes: key, value, version and its place. */
function measure(figure: string, bounds: { maxEntries?: number; maxBytes?: number }): void {
  collectGarbage();
  const before = process.memoryUsage();
  const store = new Store({ ...bounds, tombstoneMs: 1, now: () => 0 }, silent);
  for (let i = 0; i < count; i++) {
    // As they come over the wire: each a flat string of its own.
    const key = Buffer.from(`key_${String(i)}`).toString('latin1');
    const value = Buffer.alloc(64, 97 + (i % 26)).toString('latin1');
    store.put(key, entryOf(value, 1_790_000_000_000_000 + i, 'store_1@127.0.0.1', null));
  }
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const bytes = Math.round((heapUsed - before.heapUsed + arrayBuffers - before.arrayBuffers) / store.size);
  report({ figure, value: bytes, unit: 'bytes', runs: [bytes], reach: '<= 250' });
}

measure('a cached entry of 64 bytes', {});
measure('a cached entry of 64 bytes, maxEntries', { maxEntries: count });
measure('a cached entry of 64 bytes, maxBytes', { maxBytes: 1e9 });
