import { collectGarbage, median, report } from './harness';
import { end, startJoining } from './join';
import { newCluster, startHere } from './other-node';

const connections = 100;
const rounds = Number(process.env.BENCH_RUNS ?? 3);

const settleMs = 100;

/** Bytes in use, by objects and by what they hold outside of the heap, once what is over has left nothing behind. */
async function bytesUsed(): Promise<number> {
  for (let times = 0; times < 5; times++) {
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What a connection takes on this side: many hidden nodes of another OS process connect to a node of this one. */
async function main(): Promise<void> {
  const runs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const cluster = await newCluster();
    const node = await startHere(cluster);
    const names = Array.from({ length: connections }, (_, n) => `n${String(n)}@127.0.0.1`);
    const before = await bytesUsed();
    const { child, joined } = startJoining({
      ...cluster,
      names,
      hidden: true,
      first: node.name,
      connections: 1,
    });
    await joined;
    runs.push(((await bytesUsed()) - before) / connections / 1_000);
    await Promise.all([node.stop(), end(child)]);
  }
  report({ figure: 'memory of a connection', value: median(runs), unit: 'kB', runs, reach: '<= 100' });
}

void main();
