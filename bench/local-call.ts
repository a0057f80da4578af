import { startNode } from '@trestle/runtime';
import { add, Counter } from './counter';
import { callers, rate } from './harness';

/** Calls of a server on the same node. */
async function main(): Promise<void> {
  const node = await startNode();
  const counter = await node.start(Counter);
  await rate('local call, one caller', 1_000_000, (n) => callers(n, 1, () => node.call(counter, add)), {
    reach: '>= 6 M',
  });
  await rate(
    'local call, 1,000 callers',
    1_000_000,
    (n) => callers(n, 1_000, () => node.call(counter, add)),
    { reach: '>= 9 M' },
  );
  await node.stop();
}

void main();
