import { WebSocket } from 'ws';
import { add, counterName } from './counter';
import { callers, median, rate, report } from './harness';
import { newCluster, startElsewhere, startHere } from './other-node';

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

/** Calls of a server on a node in another OS process. */
async function main(): Promise<void> {
  const cluster = await newCluster();
  const other = await startElsewhere(cluster);
  const node = await startHere(cluster);
  if (!(await node.connect(other.name))) throw new Error('the nodes did not connect');
  const server = counterName.on(other.name);
  const call = (): Promise<unknown> => node.call(server, add);

  const bare = await rate('bare ws ping-pong', 20_000, (n) => bareRoundTrips(other.echoPort, n));
  const one = await rate('remote call, one caller', 20_000, (n) => callers(n, 1, call));
  const ratios = [(one / bare) * 100];
  report({
    figure: 'remote call, one caller, of bare ws',
    value: median(ratios),
    unit: '%',
    runs: ratios,
    reach: '>= 80',
  });
  await rate('remote call, 100 callers', 300_000, (n) => callers(n, 100, call), { reach: '>= 400 k' });
  await rate('remote call, 1,000 callers', 600_000, (n) => callers(n, 1_000, call), { reach: '>= 800 k' });
  await node.stop();
  other.child.kill();
}

void main();
