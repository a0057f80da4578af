// One node of the cluster, by number: `npm run instance 6`. Ctrl-C and SIGTERM stop it in order; as a child of another
// program it also stops when that one is gone.
import { once } from 'node:events';
import { startApplication, startNode, type Node } from '@trestle/runtime';
import { apothik } from './application';
import { nodeList, nodeName } from './cluster-config';

async function main(number: number): Promise<void> {
  if (!Number.isInteger(number) || number < 1)
    throw new Error('which instance? For example: npm run instance 6');
  const isChild = process.connected;
  const orphaned = isChild ? once(process, 'disconnect') : undefined;
  const node = await startNode({ name: nodeName(number) });
  void orphaned?.then(() => node.stop());
  // An open channel would keep the process of a node that has stopped, by `System.stop` for example.
  if (isChild) void node.stopped.then(() => process.connected && process.disconnect());
  await startApplication(node, apothik);
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

main(Number(process.argv[2])).catch((error: unknown) => {
  console.error(String(error));
  process.exit(1);
});
