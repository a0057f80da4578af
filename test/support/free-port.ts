import { createServer } from 'node:net';

/** Below the ports that connections and listeners without a port get: nobody takes one of these by chance. */
const firstPort = 20_000;
const portsOfWorker = 2_000;

/** Each worker of the test runner has ports of its own, and begins somewhere among them. */
const workerPorts = firstPort + (Number(process.env.JEST_WORKER_ID ?? 1) % 6) * portsOfWorker;
let next = process.pid % portsOfWorker;

/** A port of this machine that is free, for a port mapper of the test's own. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < portsOfWorker; tries++) {
    const port = workerPorts + (next++ % portsOfWorker);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of the ports from ${String(workerPorts)} is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => {
      server.close(() => resolve(true));
    });
  });
}
