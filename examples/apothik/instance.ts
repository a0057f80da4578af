// One node of the cluster, by number, phase and routing: `npm run instance 6`, `npm run instance 2 2 tokens`. Ctrl-C and
// SIGTERM stop it in order; as a child of another program it also stops when that one is gone.
import { once } from 'node:events';
import { startApplication, startNode, type Node } from '@trestle/runtime';
import { apothikOf } from './application';
import { cacheOptionsOf, nodeList, nodeName } from './cluster-config';

async function main(number: number, phase: readonly string[]): Promise<void> {
  if (!Number.isInteger(number) || number < 1)
    throw new Error('which instance? For example: npm run instance 6');
  const application = apothikOf(cacheOptionsOf(phase));
  const isChild = process.connected;
  const orphaned = isChild ? once(process, 'disconnect') : undefined;
  const node = await startNode({ name: nodeName(number) });
  void orphaned?.then(() => node.stop());
  // An open channel would keep the process of a node that has stopped, by `System.stop` for example.
  if (isChild) void node.stopped.then(() => process.connected && process.disconnect());
  await startApplication(node, application);
  await connectedToAll(node);
  process.send?.('ready');
}

/** Waits until discovery has found all others, whoever dialled whom. */
function connectedToAll(node: Node): Promise<void> {
  const others = nodeList.filter((name) => name !== node.name);
  return new Promise((resolve) => {
    const look = (): void => {
      if (!others.every((name) => node.list().includes(name))) return;
      node.events.off('nodeup', look);
      resolve();
    };
    node.events.on('nodeup', look);
    look();
  });
}

main(Number(process.argv[2]), process.argv.slice(3)).catch((error: unknown) => {
  console.error(String(error));
  process.exit(1);
});
