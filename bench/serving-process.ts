import { createServer, type AddressInfo } from 'node:net';
import { silentLogger, startNode } from '@trestle/runtime';
import { Counter, counterName } from './counter';
import type { Cluster } from './other-node';

/** What the node that will be killed is started with. */
export interface Serving extends Cluster {
  readonly name: string;
}

/** Starts a node with a server, and a bare socket server, whose port it tells. */
async function serve({ name, cookie, mapperPort }: Serving): Promise<void> {
  const node = await startNode({ name, cookie, mapperPort, logger: silentLogger });
  await node.start(Counter, { name: counterName });
  const bare = createServer((socket) => socket.on('error', () => undefined));
  bare.listen(0, '127.0.0.1', () => process.send?.((bare.address() as AddressInfo).port));
}

process.once('message', (serving) => void serve(serving as Serving));
process.once('disconnect', () => process.exit());
