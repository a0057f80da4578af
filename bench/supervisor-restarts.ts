import { childSpec, GenServer, silentLogger, startNode, startSupervisor, stopServer } from '@trestle/runtime';
import type { Node, Pid, ServerPid } from '@trestle/runtime';
import { median, report, runs } from './harness';

/** Tells its owner that it is up, and exits when it is told to. */
class Crasher extends GenServer<never, 'crash', Pid> {
  override init(owner: Pid): undefined {
    this.self.send(owner, this.self.pid);
  }

  override handleCast(): never {
    return this.self.exit('boom');
  }
}

/** Restarts in one run, at least: a short burst is over before there is anything to measure. */
const restartsPerRun = 20_000;
/** Restarts before a figure is measured: by then the code is compiled, as OTP's always is. */
const warmUp = 50_000;

/** How many milliseconds a child takes to be restarted `count` times, ended each time it is up. */
function burst(node: Node, count: number): Promise<number> {
  return new Promise((resolve) => {
    node.spawn(async (self) => {
      const supervisor = await startSupervisor(self, {
        strategy: 'oneForOne',
        intensity: { restarts: 1_000_000_000, withinMs: 1_000 },
        children: [childSpec(Crasher, { args: self.pid })],
      });
      const start = performance.now();
      for (let n = 0; n < count; n++) self.cast((await self.receive()) as ServerPid<Crasher>, 'crash');
      await self.receive();
      resolve(performance.now() - start);
      await stopServer(self, supervisor, { reason: 'shutdown' });
    });
  });
}

async function bursts(node: Node, count: number, restarts: number): Promise<number> {
  let took = 0;
  for (let done = 0; done < restarts; done += count) took += await burst(node, count);
  return took / Math.ceil(restarts / count) / count;
}

/** A child that crashes again and again, in bursts: a restart costs the same, however many there were before. */
async function main(): Promise<void> {
  const node = await startNode({ logger: silentLogger });
  for (const count of [1_000, 10_000, 50_000]) {
    await bursts(node, count, warmUp);
    const values: number[] = [];
    for (let run = 0; run < runs; run++) {
      values.push(Math.round(1_000 / (await bursts(node, count, restartsPerRun))));
    }
    const figure = `supervisor restarts in bursts of ${count.toLocaleString('en')}`;
    report({ figure, value: median(values), unit: '1/s', runs: values, reach: '>= 150 k' });
  }
  await node.stop();
}

void main();
