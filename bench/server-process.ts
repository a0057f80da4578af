import type { AddressInfo } from 'node:net';
import { silentLogger, startNode } from '@trestle/runtime';
import { WebSocketServer } from 'ws';
import { Counter, counterName } from './counter';
import type { Cluster } from './other-node';
import { ownCpuUs } from './remote-cost';

/** The other side of the remote measurements: a node with the server, and a bare WebSocket echo to compare with. */
async function serve({ name, ...cluster }: Cluster & { readonly name: string }): Promise<void> {
  const node = await startNode({ name, ...cluster, logger: silentLogger });
  await node.start(Counter, { name: counterName });
  const echo = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () => {
    process.send?.((echo.address() as AddressInfo).port);
  });
  echo.on('connection', (socket) => {
    socket.on('message', (data) => {
      socket.send(data as Buffer);
    });
  });
}

process.once('message', (start) => {
  void serve(start as Cluster & { name: string });
  process.on('message', () => process.send?.(ownCpuUs()));
});
process.once('disconnect', () => process.exit());
