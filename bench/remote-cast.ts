import { add, counterName } from './counter';
import { median, report, runs } from './harness';
import { newCluster, startElsewhere, startHere } from './other-node';
import { costOf, type Cost } from './remote-cost';

const batch = 1_000;

/** Casts with a payload of 64 bytes, and of 1 KiB, to a server on a node in another OS process; a call at the end waits for all. */
async function main(): Promise<void> {
  const cluster = await newCluster();
  const other = await startElsewhere(cluster);
  const node = await startHere(cluster);
  await node.connect(other.name);
  const server = counterName.on(other.name);
  const measure = async (figure: string, bytes: number, count: number, reach: string): Promise<void> => {
    const cast = { type: 'bump', payload: 'x'.repeat(bytes) } as const;
    const burst = async (n: number): Promise<void> => {
      for (let sent = 0; sent < n; sent += batch) {
        for (let i = 0; i < batch; i++) node.cast(server, cast);
        // As a program would that has other things to do.
        await new Promise(setImmediate);
      }
      await node.call(server, add, { timeoutMs: Infinity });
    };
    // Only then are both sides as fast as they get: their code is compiled, their young generation is large.
    for (let warmUp = 0; warmUp < 3; warmUp++) await burst(count);
    const costs: Cost[] = [];
    for (let run = 0; run < runs; run++) costs.push(await costOf(other, count, burst));
    const rates = costs.map(({ rate }) => rate);
    report({ figure, value: median(rates), unit: '1/s', runs: rates, reach });
    const cpu = costs.map(({ cpuUs }) => cpuUs);
    report({ figure: `${figure}, processor`, value: median(cpu), unit: 'µs', runs: cpu });
  };
  await measure('remote casts of 64 bytes', 64, 1_000_000, '>= 3 M');
  await measure('remote casts of 1 KiB', 1_024, 200_000, '>= 800 k');
  await node.stop();
  other.child.kill();
}

void main();
