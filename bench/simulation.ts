import { localName, reply, GenServer, type Call, type CallResult, type Node } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { report, runs, median } from './harness';

const count = 20;
const hourMs = 3_600_000;

class Echo extends GenServer<Call<{ type: 'echo' }, 'ok'>> {
  override handleCall(request: { type: 'echo' }): CallResult {
    return reply(request, 'ok');
  }
}
const ECHO = localName<Echo>('echo');

/** Has a node call another one, at random, every second. */
function callEverySecond(sim: Simulation, node: Node): void {
  node.spawn(async (self) => {
    for (;;) {
      await self.receive(undefined, { afterMs: 1_000 });
      const other = self.node.list()[Math.floor(self.node.random.float() * self.node.list().length)];
      if (other !== undefined) await self.call(ECHO.on(other), { type: 'echo' }).catch(() => undefined);
    }
  });
}

/** An hour of twenty simulated nodes that call each other, idle or with a fault every minute. */
async function hour(seed: number, disturbed: boolean): Promise<number> {
  const start = performance.now();
  const sim = new Simulation({ seed });
  const setUp = async (node: Node): Promise<void> => {
    await node.start(Echo, { name: ECHO });
    callEverySecond(sim, node);
  };
  await sim.startNodes(count, { setUp });
  if (disturbed) await sim.disturb({ forMs: hourMs, everyMs: [1_000, 120_000] });
  else await sim.advance(hourMs);
  await sim.stop();
  return (performance.now() - start) / 1_000;
}

async function main(): Promise<void> {
  for (const disturbed of [false, true]) {
    const values: number[] = [];
    for (let run = 0; run < Math.min(runs, 3); run++) values.push(await hour(run, disturbed));
    report({
      figure: `a simulated hour of ${String(count)} nodes that call each other${disturbed ? ', disturbed' : ''}`,
      value: median(values),
      unit: 's',
      runs: values,
      reach: '<= 10',
    });
  }
}

void main();
