import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { silentLogger, startNode, type Node } from '@trestle/runtime';
import { startProgram } from './program';

/** What the nodes of one measurement share. */
export interface Cluster {
  readonly cookie: string;
  readonly mapperPort: number;
}

/** A node in another OS process. */
export interface OtherNode {
  readonly name: string;
  readonly child: ChildProcess;
  /** The port of its bare WebSocket server, which answers every message with the same message. */
  readonly echoPort: number;
  /** Microseconds of processor time its OS process has used. */
  cpuUs(): Promise<number>;
}

/** A cluster of its own for a measurement: nothing of the machine's other nodes is in it. */
export async function newCluster(): Promise<Cluster> {
  return { cookie: randomBytes(16).toString('hex'), mapperPort: await freePort() };
}

/** Starts this OS process's node. */
export function startHere(cluster: Cluster): Promise<Node> {
  return startNode({ name: 'bench@127.0.0.1', ...cluster, logger: silentLogger });
}

/** Starts a node in another OS process, with the server that is measured. */
export async function startElsewhere(cluster: Cluster): Promise<OtherNode> {
  const name = 'server@127.0.0.1';
  const child = startProgram('server-process');
  const answer = (): Promise<number> =>
    new Promise((resolve) =>
      child.once('message', (message) => {
        resolve(message as number);
      }),
    );
  const ask = (message: object | 'cpuUs'): Promise<number> => {
    child.send(message);
    return answer();
  };
  return { name, child, echoPort: await ask({ name, ...cluster }), cpuUs: () => ask('cpuUs') };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
