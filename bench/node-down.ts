import { median, report } from './harness';
import { newCluster, startElsewhere, startHere } from './other-node';

const rounds = 7;

/** From kill -9 of a node's OS process to `nodedown` on another node. */
async function main(): Promise<void> {
  const cluster = await newCluster();
  const node = await startHere(cluster);
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const other = await startElsewhere(cluster);
    await node.connect(other.name);
    const down = new Promise((resolve) => node.events.once('nodedown', resolve));
    const start = performance.now();
    other.child.kill('SIGKILL');
    await down;
    values.push(performance.now() - start);
  }
  report({
    figure: 'kill -9 of a node to nodedown',
    value: median(values),
    unit: 'ms',
    runs: values,
    reach: '<= 10',
  });
  await node.stop();
}

void main();
