// npm run soak -- --minutes 30 --seed 7
import { inspect, parseArgs } from 'node:util';
import Table from 'cli-table3';
import { SeededRandom } from '@trestle/runtime/testing';
import { numberArgument } from '../support/number-argument';
import { OsCluster } from '../support/os-cluster';
import { Churn, type Tally } from './churn';
import { Victim } from './victim';

/** What the heap may grow by from the first minutes on: nothing is to be kept. */
const allowedGrowth = 16 * 1024 * 1024;
const warmUpRounds = 20;
const progressMs = 30_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, nodes: { type: 'string' } },
});
const minutes = numberArgument('minutes', values.minutes, 30);
const seed = numberArgument('seed', values.seed, Date.now() % 2 ** 31);
const nodes = numberArgument('nodes', values.nodes, 6);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function heap(): number {
  if (globalThis.gc === undefined) throw new Error('node must run with --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

function show(tally: Tally, growth: number): void {
  const table = new Table({ head: ['what', 'how often'] });
  for (const [what, count] of Object.entries(tally)) table.push([what, count]);
  table.push(['heap grew by', `${(growth / 1e6).toFixed(1)} MB`]);
  say(table.toString());
}

async function main(cluster: OsCluster): Promise<void> {
  say(`seed ${String(seed)}`);
  const victim = await Victim.start(cluster, 'victim@127.0.0.1');
  const { mapperPort } = cluster;
  const churn = await Churn.start({ nodes, mapperPort, random: new SeededRandom(seed), victim });
  const { tally } = churn;
  const start = Date.now();
  let told = start;
  let before = heap();
  while (Date.now() - start < minutes * 60_000 || tally.rounds <= warmUpRounds) {
    await churn.round();
    if (tally.rounds === warmUpRounds) before = heap();
    if (Date.now() - told < progressMs) continue;
    told = Date.now();
    say(`${String(Math.round((told - start) / 1_000))} s: ${JSON.stringify(tally)}`);
  }
  const growth = heap() - before;
  show(tally, growth);
  await churn.end();
  if (growth > allowedGrowth) throw new Error('the heap grew');
  say('nothing is left: no process, monitor, timer, deadline, call or socket');
}

/** None of the OS processes outlives it. */
async function withCluster(): Promise<void> {
  const cluster = await OsCluster.start('of the soak');
  await main(cluster).finally(() => cluster.end());
}

withCluster().catch((error: unknown) => {
  say(`failed with seed ${String(seed)}`);
  process.stderr.write(`${inspect(error)}\n`);
  // Nodes that still run would keep the program alive.
  process.exit(1);
});
