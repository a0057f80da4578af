import { median, report } from './harness';
import { end, startJoining } from './join';
import { newCluster } from './other-node';

/** How many nodes, each in an OS process of its own, and how many seconds they may take. */
const sizes = [
  { nodes: 5, reach: '<= 0.9' },
  { nodes: 20, reach: '<= 3.5' },
  { nodes: 50, reach: '<= 12' },
];
const rounds = Number(process.env.BENCH_RUNS ?? 3);

/** Seconds from the first start to the moment when every node is connected to every other. */
async function fullMesh(nodes: number): Promise<number> {
  const cluster = await newCluster();
  const names = Array.from({ length: nodes }, (_, n) => `n${String(n)}@127.0.0.1`);
  const first = names[0] as string;
  const start = performance.now();
  const processes = names.map((name) =>
    startJoining({ ...cluster, names: [name], hidden: false, first, connections: nodes - 1 }),
  );
  await Promise.all(processes.map(({ joined }) => joined));
  const seconds = (performance.now() - start) / 1_000;
  await Promise.all(processes.map(({ child }) => end(child)));
  return seconds;
}

/** From the first start of OS processes with a node each to the full mesh. `BENCH_NODES=5` measures one size only. */
async function main(): Promise<void> {
  for (const { nodes, reach } of sizes) {
    if (process.env.BENCH_NODES !== undefined && Number(process.env.BENCH_NODES) !== nodes) continue;
    const runs: number[] = [];
    for (let round = 0; round < rounds; round++) runs.push(await fullMesh(nodes));
    report({
      figure: `${String(nodes)} OS processes to the full mesh`,
      value: median(runs),
      unit: 's',
      runs,
      reach,
    });
  }
}

void main();
