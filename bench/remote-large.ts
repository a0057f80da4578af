import { add, counterName } from './counter';
import { median, report, runs } from './harness';
import { newCluster, startElsewhere, startHere } from './other-node';

const mebibyte = 1024 * 1024;
/** Messages that are on their way at a time: a sender of many waits for the reader. */
const ahead = 8;

/**
 * Casts of bytes to a server on a node in another OS process. The sender is always the same few messages ahead of the
 * reader: each is followed by a call, and one more is sent when the oldest of those is answered.
 */
async function main(): Promise<void> {
  const cluster = await newCluster();
  const other = await startElsewhere(cluster);
  const node = await startHere(cluster);
  await node.connect(other.name);
  const server = counterName.on(other.name);
  const burst = async (cast: { readonly payload: Uint8Array }, count: number): Promise<void> => {
    const window = Math.max(1, Math.min(ahead, Math.floor((128 * mebibyte) / cast.payload.length)));
    const read: Promise<unknown>[] = [];
    for (let sent = 0; sent < count; sent++) {
      if (sent >= window) await read[sent - window];
      node.cast(server, cast as never);
      read.push(node.call(server, add, { timeoutMs: Infinity }));
    }
    await Promise.all(read);
  };
  const throughput = async (figure: string, bytes: number, count: number, reach: string): Promise<void> => {
    const cast = { type: 'bump', payload: new Uint8Array(bytes).fill(7) };
    await burst(cast, Math.ceil(count / 2));
    const values: number[] = [];
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      await burst(cast, count);
      values.push((bytes * count) / (performance.now() - start) / 1e6);
    }
    report({ figure, value: median(values), unit: 'GB/s', runs: values, reach });
  };
  await throughput('remote casts of 1 MiB', mebibyte, 512, '>= 1.5');
  await throughput('remote casts of 64 MiB', 64 * mebibyte, 16, '>= 1');
  await node.stop();
  other.child.kill();
}

void main();
