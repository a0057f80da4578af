import { startNode } from '@trestle/runtime';
import { rate } from './harness';

/** Processes that are spawned all at once, and end at their first turn. */
async function main(): Promise<void> {
  const node = await startNode();
  const spawnAll = (n: number): Promise<void> =>
    new Promise((resolve) => {
      let left = n;
      const body = (): void => {
        left -= 1;
        if (left === 0) resolve();
      };
      for (let i = 0; i < n; i++) node.spawn(body);
    });
  await rate('spawn 100,000 that end at once', 100_000, spawnAll, { reach: '>= 1.5 M' });
  await node.stop();
}

void main();
