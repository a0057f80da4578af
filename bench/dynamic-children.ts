import {
  childSpec,
  DynamicSupervisor,
  GenServer,
  silentLogger,
  startDynamicSupervisor,
  startNode,
  stopServer,
} from '@trestle/runtime';
import { rate } from './harness';

class Quiet extends GenServer {}

/** Children that are started on demand, one after another, and stopped all at once. */
async function main(): Promise<void> {
  const node = await startNode({ logger: silentLogger });
  const spec = childSpec(Quiet);
  for (const count of [10_000, 100_000]) {
    await rate(`start and stop ${count.toLocaleString('en')} dynamic children`, count, async (n) => {
      const supervisor = await startDynamicSupervisor(node);
      for (let i = 0; i < n; i++) await DynamicSupervisor.startChild(node, supervisor, spec);
      await stopServer(node, supervisor, { reason: 'shutdown' });
    });
  }
  await node.stop();
}

void main();
