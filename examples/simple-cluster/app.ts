// With the nodes of the config file (in two terminals, n1 and n2):
//   npx trestle run app.ts --name n1@127.0.0.1 --config trestle.config.json
// With discovery:
//   npx trestle run app.ts --name n1@127.0.0.1 -- --discovery
import type { Node } from '@trestle/runtime';
import { startSimpleCluster } from './application';

export default (node: Node, args: readonly string[]) =>
  startSimpleCluster(node, args.includes('--discovery'));
