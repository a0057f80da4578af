import { startNode } from '@trestle/runtime';
import { add, Counter } from './counter';
import { rate } from './harness';

const bump = { type: 'bump' } as const;

/** A burst of a million casts to one server, all queued before the first is handled. */
async function main(): Promise<void> {
  const node = await startNode();
  const counter = await node.start(Counter);
  const burst = async (n: number): Promise<void> => {
    for (let i = 0; i < n; i++) node.cast(counter, bump);
    await node.call(counter, add, { timeoutMs: Infinity });
  };
  await rate('casts to one server, a burst of 1 M', 1_000_000, burst, { reach: '>= 15 M' });
  await node.stop();
}

void main();
