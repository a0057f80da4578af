import { add, counterName } from './counter';
import { rate } from './harness';
import { newCluster, startElsewhere, startHere } from './other-node';

const batch = 1_000;

/** Casts with a payload of 64 bytes, and of 1 KiB, to a server on a node in another OS process; a call at the end waits for all. */
async function main(): Promise<void> {
  const cluster = await newCluster();
  const other = await startElsewhere(cluster);
  const node = await startHere(cluster);
  await node.connect(other.name);
  const server = counterName.on(other.name);
  const burstOf = (bytes: number) => {
    const cast = { type: 'bump', payload: 'x'.repeat(bytes) } as const;
    return async (n: number): Promise<void> => {
      for (let sent = 0; sent < n; sent += batch) {
        for (let i = 0; i < batch; i++) node.cast(server, cast);
        // As a program would that has other things to do.
        await new Promise(setImmediate);
      }
      await node.call(server, add, { timeoutMs: Infinity });
    };
  };
  await rate('remote casts of 64 bytes', 1_000_000, burstOf(64), { reach: '>= 3 M' });
  await rate('remote casts of 1 KiB', 200_000, burstOf(1024), { reach: '>= 800 k' });
  await node.stop();
  other.child.kill();
}

void main();
