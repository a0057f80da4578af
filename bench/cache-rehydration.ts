import { inStep, startCacheCluster, startStoring } from './cache-cluster';
import { median, report, runs } from './harness';

const count = 200_000;
const value = 'v'.repeat(64);

/** A node of three comes back empty, and copies what it has missed from the others. */
async function main(): Promise<void> {
  const { cluster, cache, node, options, children, stop } = await startCacheCluster(3, { copies: 3 });
  const names = options.nodes ?? [];
  const entries = Array.from({ length: count }, (_, i): [string, string] => [`key_${String(i)}`, value]);
  // All copies: with one, what was answered last is lost when its node is killed.
  for (let i = 0; i < count; i += 5_000) await cache.putMany(entries.slice(i, i + 5_000), { concern: 'all' });
  const rates: number[] = [];
  for (let run = 0; run < runs; run++) {
    const name = names[2] ?? '';
    const gone = new Promise((resolve) => node.events.once('nodedown', resolve));
    children.pop()?.kill('SIGKILL');
    await gone;
    children.push(await startStoring({ name, options, ...cluster }));
    await node.connect(name);
    const start = performance.now();
    const before = (await cache.statistics(name)).entries;
    await inStep(cache, names);
    const took = performance.now() - start;
    if ((await cache.statistics(name)).entries !== count) throw new Error('not all entries came');
    rates.push(Math.round(((count - before) / took) * 1_000));
  }
  report({
    figure: 'rehydration, entries',
    value: median(rates),
    unit: '1/s',
    runs: rates,
    reach: '>= 200 k',
  });
  await stop();
}

void main();
