import { noNode } from './terms/node-name';
import { LocalNode } from './node/local-node';
import { consoleLogger } from './node/logger';
import type { Node } from './node/node';
import { RunningNode, type RpcService } from './node/running-node';
import { systemClock } from './node/system-clock';
import { systemRandom } from './node/system-random';
export interface NodeOptions { name?: string }
export function startNode(_o: NodeOptions = {}): Promise<Node> {
  const local = new LocalNode({ name: noNode, creation: 1, clock: systemClock, random: systemRandom, logger: consoleLogger() });
  const node = new RunningNode(local, {} as RpcService);
  local.node = node;
  return Promise.resolve(node);
}
