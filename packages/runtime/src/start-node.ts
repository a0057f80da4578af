import { z } from 'zod';
import type { Clock, Random } from './terms/clock';
import { isDuration } from './terms/duration';
import { isNodeName, noNode, type NodeName } from './terms/node-name';
import { checkOptions } from './terms/options';
import { RpcClient } from './rpc/rpc';
import { ExposedModules } from './rpc/exposed';
import { RpcServer, rpcServer } from './rpc/rpc-server';
import { systemModules } from './rpc/system-modules';
import { LocalNode } from './node/local-node';
import { consoleLogger, type Logger } from './node/logger';
import type { Node } from './node/node';
import { RunningNode } from './node/running-node';
import { systemClock } from './node/system-clock';
import { systemRandom } from './node/system-random';

/** How a node is started; every part has a default. */
export interface NodeOptions {
  /** `name@host`; without it the node takes no part in distribution. */
  readonly name?: NodeName;
  /** Where log lines go. Default: text on standard error, from level `'info'` on. */
  readonly logger?: Logger;
  /** The time the node lives by. Default: real time. */
  readonly clock?: Clock;
  /** The chance the node lives by. Default: the platform's. */
  readonly random?: Random;
}

const optionsSchema = z.strictObject({
  name: z.custom<NodeName>(isNodeName, "a node name of the form 'name@host'").optional(),
  netTickMs: z.custom<number>(isDuration, 'milliseconds, 0 or more').optional(),
  logger: z.custom<Logger>(hasMethod('log'), 'a logger: an object with log(record)').optional(),
  clock: z.custom<Clock>(hasMethod('now'), 'a clock').optional(),
  random: z.custom<Random>(hasMethod('float'), 'a source of chance').optional(),
});

/**
 * Starts a node. Without a name it is on its own (`nonode@nohost`).
 * @throws BadArgumentError if an option is wrong
 */
export async function startNode(options: NodeOptions = {}): Promise<Node> {
  checkOptions('startNode', optionsSchema, options);
  const local = createLocalNode(options);
  const modules = new ExposedModules();
  const node = new RunningNode(local, new RpcClient(local, modules));
  local.node = node;
  for (const [name, functions] of Object.entries(systemModules(node))) node.expose(name, functions);
  await node.start(RpcServer, { args: modules, name: rpcServer });
  return node;
}

function createLocalNode(options: NodeOptions): LocalNode {
  const { name = noNode, clock = systemClock, random = systemRandom, logger = consoleLogger() } = options;
  const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4);
  const creation = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  return new LocalNode({ name, creation, clock, random, logger });
}

function hasMethod(name: string): (value: unknown) => boolean {
  return (value) => typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function';
}
