// The same with a prompt, as `iex -S mix`: SimpleCluster.Ping.ping() pings the other nodes.
//   npx trestle shell --name n1@127.0.0.1 --config trestle.config.json
import type { Node } from '@trestle/runtime';
import { startSimpleCluster } from './application';
import { ping } from './ping';

export default async ({ node }: { node: Node }) => {
  await startSimpleCluster(node, false);
  return { SimpleCluster: { Ping: { ping: () => ping(node) } } };
};
