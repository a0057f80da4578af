import { WebSocket } from 'ws';
import { add, counterName } from './counter';
import { callers, median, report } from './harness';
import { newCluster, startElsewhere, startHere, type OtherNode } from './other-node';
import { costOf, type Cost } from './remote-cost';

const runs = Number(process.env.BENCH_RUNS ?? 9);

/** Messages of a bare WebSocket to an echo and back, one after another: what the machine can do at all. */
async function bareRoundTrips(port: number, rounds: number): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${String(port)}`, { perMessageDeflate: false });
  const message = Buffer.alloc(32);
  await new Promise((resolve) => socket.once('open', resolve));
  await new Promise<void>((resolve) => {
    let left = rounds;
    socket.on('message', () => {
      left -= 1;
      if (left === 0) resolve();
      else socket.send(message);
    });
    socket.send(message);
  });
  socket.terminate();
}

function reportCosts(figure: string, costs: readonly Cost[], reach?: string): void {
  const rates = costs.map(({ rate }) => rate);
  const cpu = costs.map(({ cpuUs }) => cpuUs);
  report({
    figure,
    value: median(rates),
    unit: '1/s',
    runs: rates,
    ...(reach === undefined ? {} : { reach }),
  });
  report({ figure: `${figure}, processor`, value: median(cpu), unit: 'µs', runs: cpu });
}

/**
 * One caller beside the bare WebSocket, in turns: the machine is not as fast now as it was a second ago, so each run is
 * compared with the one just before it.
 */
async function oneCaller(other: OtherNode, call: () => Promise<unknown>): Promise<void> {
  const bareRun = (count: number): Promise<Cost> =>
    costOf(other, count, (n) => bareRoundTrips(other.echoPort, n));
  const callRun = (count: number): Promise<Cost> => costOf(other, count, (n) => callers(n, 1, call));
  await bareRun(10_000);
  await callRun(20_000);
  const bare: Cost[] = [];
  const ours: Cost[] = [];
  const ratios: number[] = [];
  for (let run = 0; run < runs; run++) {
    const before = await bareRun(10_000);
    const after = await callRun(10_000);
    bare.push(before);
    ours.push(after);
    ratios.push((after.rate / before.rate) * 100);
  }
  reportCosts('bare ws ping-pong', bare);
  reportCosts('remote call, one caller', ours);
  report({
    figure: 'remote call, one caller, of bare ws',
    value: median(ratios),
    unit: '%',
    runs: ratios,
    reach: '>= 90',
  });
}

async function manyCallers(
  other: OtherNode,
  call: () => Promise<unknown>,
  { concurrency, count, reach }: { concurrency: number; count: number; reach: string },
): Promise<void> {
  const run = (n: number): Promise<Cost> => costOf(other, n, (calls) => callers(calls, concurrency, call));
  await run(count);
  const costs: Cost[] = [];
  for (let i = 0; i < runs; i++) costs.push(await run(count));
  reportCosts(`remote call, ${concurrency.toLocaleString('en-US')} callers`, costs, reach);
}

/** Calls of a server on a node in another OS process. */
async function main(): Promise<void> {
  const cluster = await newCluster();
  const other = await startElsewhere(cluster);
  const node = await startHere(cluster);
  if (!(await node.connect(other.name))) throw new Error('the nodes did not connect');
  const server = counterName.on(other.name);
  const call = (): Promise<unknown> => node.call(server, add);
  await oneCaller(other, call);
  await manyCallers(other, call, { concurrency: 100, count: 200_000, reach: '>= 600 k' });
  await manyCallers(other, call, { concurrency: 1_000, count: 400_000, reach: '>= 1.3 M' });
  await node.stop();
  other.child.kill();
}

void main();
