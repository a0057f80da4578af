import { GenServer, startNode } from '@trestle/runtime';
import { collectGarbage, report } from './harness';

class Idle extends GenServer {}

const count = 1_000_000;

/** A million servers that wait for their first message. */
async function main(): Promise<void> {
  const node = await startNode();
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  for (let i = 0; i < count; i++) await node.start(Idle);
  const perSecond = Math.round((count / (performance.now() - start)) * 1_000);
  collectGarbage();
  const bytes = Math.round((process.memoryUsage().heapUsed - before) / count);
  report({
    figure: 'an idle GenServer, 1,000,000 of them',
    value: bytes,
    unit: 'bytes',
    runs: [bytes],
    reach: '<= 650',
  });
  report({
    figure: 'start 1,000,000 GenServers, one after another',
    value: perSecond,
    unit: '1/s',
    runs: [perSecond],
  });
  await node.stop();
}

void main();
