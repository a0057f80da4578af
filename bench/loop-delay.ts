import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startNode } from '@trestle/runtime';
import { add, Counter } from './counter';
import { median, report, runs } from './harness';

const messages = 1_000_000;
const servers = 100;

/** How long the event loop waits for its turn while a million messages are in flight between processes. */
async function main(): Promise<void> {
  const node = await startNode();
  const counters = await Promise.all(Array.from({ length: servers }, () => node.start(Counter)));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const values: number[] = [];
  for (let run = 0; run < runs; run++) {
    for (const counter of counters)
      for (let i = 0; i < messages / servers; i++) node.cast(counter, { type: 'bump' });
    delay.reset();
    delay.enable();
    await Promise.all(counters.map((counter) => node.call(counter, add, { timeoutMs: Infinity })));
    // The last look of the monitor comes with the next timer.
    await new Promise((resolve) => setTimeout(resolve, 5));
    delay.disable();
    values.push(delay.percentile(99) / 1e6);
  }
  report({
    figure: 'event-loop delay, p99, a million messages in flight',
    value: median(values),
    unit: 'ms',
    runs: values,
    reach: '<= 20',
  });
  await node.stop();
}

void main();
