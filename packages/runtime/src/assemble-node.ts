import { Freezer } from './terms/freezer';
import type { Random } from './terms/clock';
import { sharing, type Isolation } from './terms/isolation';
import { noNode } from './terms/node-name';
import { RelayedFrom } from './distribution/connection/relayed-from';
import { Cloner } from './distribution/wire/cloner';
import { defaultLimits } from './distribution/wire/limits';
import type { Distribution } from './node/distribution';
import { LocalNode } from './node/local-node';
import { consoleLogger } from './node/log/loggers/console-logger';
import type { Node } from './node/node';
import { RunningNode } from './node/running-node';
import { systemClock } from './node/system/system-clock';
import { systemRandom } from './node/system/system-random';
import { spawnPerformer } from './node/spawn/spawn-performer';
import type { Scheduler } from './process/scheduler';
import type { NodeOptions } from './node-options';
import { AllowList } from './rpc/allow-list';
import { bodyFinder } from './rpc/body-finder';
import { ExposedModules } from './rpc/exposed';
import { RpcClient } from './rpc/rpc-client';
import { serveRpc } from './rpc/serve-rpc';
import { systemModules } from './rpc/system-modules';

/** Connects a node to the world, in a way of the platform it runs on. */
export type Distribute = (local: LocalNode) => Promise<Distribution>;

/**
 * Puts a node together, of options that were checked: what is the same wherever it runs.
 * @param distribute connects a node that has a name; if it fails, nothing is left of the node
 * @param scheduler who runs next, for tests; default: whoever became ready first
 */
export async function assembleNode(
  options: NodeOptions,
  distribute: Distribute,
  scheduler?: Scheduler,
): Promise<Node> {
  const { clock = systemClock, random = systemRandom, name = noNode, levels, applicationConfig } = options;
  const { logger = consoleLogger({ clock }) } = options;
  const creation = newCreation(random);
  const isolation = isolationOf(options, () => local);
  const local: LocalNode = new LocalNode({
    name,
    creation,
    clock,
    random,
    logger,
    levels,
    applicationConfig,
    scheduler,
    isolation,
    watchdog: options.watchdog,
    acceptFunctions: options.acceptFunctions,
  });
  const modules = new ExposedModules(new AllowList(name, options.rpc));
  local.router.spawns.performer = spawnPerformer(local, bodyFinder(local, modules));
  const node = new RunningNode(local, new RpcClient(local, modules));
  local.node = node;
  // What every node offers is there before the first peer can ask for it.
  for (const [module, functions] of Object.entries(systemModules(node))) node.expose(module, functions);
  await serveRpc(local, modules);
  if (options.name !== undefined) await connect(local, distribute);
  return node;
}

async function connect(local: LocalNode, distribute: Distribute): Promise<void> {
  try {
    local.distribution = await distribute(local);
  } catch (error) {
    await local.node.stop();
    throw error;
  }
}

/** How values pass between the processes of the node. */
function isolationOf({ messageIsolation, limits }: NodeOptions, local: () => LocalNode): Isolation {
  switch (messageIsolation) {
    case 'freeze':
      return new Freezer();
    case 'clone':
      return new Cloner({ ...defaultLimits, ...limits }, (identity) => new RelayedFrom(identity, local()));
    default:
      return sharing;
  }
}

/** Random, 32 bits: two lives share one with a chance of 1 in 2^32. */
function newCreation(random: Random): number {
  return new DataView(Uint8Array.from(random.bytes(4)).buffer).getUint32(0);
}
