// `npm start`, `npm start 3`: five OS processes find each other, hold 5,000 entries, and can be looked into from a shell.
import { join } from 'node:path';
import { startNode, startShell, type Node } from '@trestle/runtime';
import { cacheOptionsOf, instanceNumbers, masterName } from './cluster-config';
import { entriesTable } from './entries-table';
import { Instances } from './instances';
import { masterOf } from './master';
import { askedToStop } from './stop-signals';

async function main(): Promise<void> {
  const phase = process.argv.slice(2);
  cacheOptionsOf(phase);
  const instances = new Instances((line) => {
    console.error(line);
  }, phase);
  const asked = askedToStop(instances);
  let master: Node | undefined;
  try {
    await Promise.race([show(), asked]);
  } finally {
    await master?.stop();
    await instances.stop();
  }
  process.exit(await Promise.race([asked, Promise.resolve(0)]));

  async function show(): Promise<void> {
    console.log('Starting five nodes ...');
    await instances.startAll();
    master = await startNode({ name: masterName });
    await fillAndCount(master);
    if (process.stdin.isTTY && process.stdout.isTTY) await lookInside(master);
  }
}

async function fillAndCount(master: Node): Promise<void> {
  const verbs = masterOf(master.rpc);
  await verbs.fill(1, 5_000);
  console.log(entriesTable(await Promise.all(instanceNumbers.map(verbs.stat))));
}

async function lookInside(master: Node): Promise<void> {
  console.log(
    "Try Node.list(), Master.get(2, 'k_1_7') or Master.put(3, 'key', 'value'). Ctrl-D stops all nodes.",
  );
  await startShell(master, { preload: join(__dirname, '.trestle.ts') });
}

main().catch((error: unknown) => {
  console.error(String(error));
  process.exit(1);
});
