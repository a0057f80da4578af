// The same with discovery in place of the config file:
//   npx trestle shell --name n1@127.0.0.1 --preload discovery.trestle.ts
import type { Node } from '@trestle/runtime';
import { startSimpleCluster } from './application';
import { ping } from './ping';

export default async ({ node }: { node: Node }) => {
  await startSimpleCluster(node, true);
  return { SimpleCluster: { Ping: { ping: () => ping(node) } } };
};
