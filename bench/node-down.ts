import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Node } from '@trestle/runtime';
import { counterName } from './counter';
import { median, report } from './harness';
import { newCluster, startHere, type Cluster } from './other-node';
import { startProgram } from './program';
import type { Serving } from './serving-process';

const rounds = Number(process.env.BENCH_RUNS ?? 15);
const otherName = 'other@127.0.0.1';

/** Milliseconds from kill -9 until each of those who can notice has done so. */
interface Noticed {
  readonly socket: number;
  readonly down: number;
  readonly nodedown: number;
}

/** Starts the node that will be killed. */
async function startOther(
  cluster: Cluster,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = startProgram('serving-process');
  child.send({ name: otherName, ...cluster } satisfies Serving);
  const [port] = (await once(child, 'message')) as [number];
  return { child, port };
}

/** Kills a node, and has a bare socket beside the connection notice it as well: what the operating system takes. */
async function round(node: Node, cluster: Cluster): Promise<Noticed> {
  const other = await startOther(cluster);
  await node.connect(otherName);
  const bare = connect(other.port, '127.0.0.1');
  await new Promise((resolve) => bare.once('connect', resolve));
  let start = 0;
  const since = (): number => performance.now() - start;
  const socket = new Promise<number>((resolve) => {
    bare.once('close', () => {
      resolve(since());
    });
    bare.on('error', () => undefined).resume();
  });
  const nodedown = new Promise<number>((resolve) => {
    node.events.once('nodedown', () => {
      resolve(since());
    });
  });
  let watching!: () => void;
  const watched = new Promise<void>((resolve) => (watching = resolve));
  const down = new Promise<number>((resolve) => {
    node.spawn(async (self) => {
      self.monitor(counterName.on(otherName));
      watching();
      await self.receive('DOWN');
      resolve(since());
    });
  });
  await watched;
  // The monitor has arrived when the call that follows it is answered.
  await node.call(counterName.on(otherName), { type: 'add', n: 1 });
  start = performance.now();
  other.child.kill('SIGKILL');
  return { socket: await socket, down: await down, nodedown: await nodedown };
}

/** From kill -9 of a node's OS process to `DOWN` and `nodedown` on another node. */
async function main(): Promise<void> {
  const cluster = await newCluster();
  const node = await startHere(cluster);
  const all: Noticed[] = [];
  for (let i = 0; i < rounds; i++) all.push(await round(node, cluster));
  const figure = (name: string, of: (noticed: Noticed) => number, reach?: string): void => {
    const runs = all.map(of);
    report({
      figure: name,
      value: median(runs),
      unit: 'ms',
      runs,
      ...(reach === undefined ? {} : { reach }),
    });
  };
  figure('kill -9 of a node to the end of a bare socket', ({ socket }) => socket);
  figure('kill -9 of a node to DOWN', ({ down }) => down, '<= 5');
  figure('kill -9 of a node to nodedown', ({ nodedown }) => nodedown, '<= 5');
  await node.stop();
}

void main();
