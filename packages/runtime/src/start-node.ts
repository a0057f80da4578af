import { homedir } from 'node:os';
import type { Random } from './terms/clock';
import { Freezer } from './terms/freezer';
import { sharing, type Isolation } from './terms/isolation';
import { noNode } from './terms/node-name';
import { readCookies } from './distribution/handshake/cookie';
import { NetKernel } from './distribution/kernel/net-kernel';
import { wsTransport } from './distribution/link/ws-transport';
import { mapperPort } from './distribution/port-mapper/mapper-port';
import { TlsTransport } from './distribution/tls/tls-transport';
import { RelayedFrom } from './distribution/link/relayed-from';
import { Cloner } from './distribution/wire/cloner';
import { defaultLimits } from './distribution/wire/limits';
import { LocalNode } from './node/local-node';
import { consoleLogger } from './node/log/console-logger';
import type { Node } from './node/node';
import { RunningNode } from './node/running-node';
import { systemClock } from './node/system-clock';
import { systemRandom } from './node/system-random';
import { spawnPerformer } from './node/spawn-performer';
import type { Scheduler } from './process/scheduler';
import { checkNodeOptions, type NodeOptions } from './node-options';
import { AllowList } from './rpc/allow-list';
import { bodyFinder } from './rpc/body-finder';
import { ExposedModules } from './rpc/exposed';
import { RpcClient } from './rpc/rpc-client';
import { serveRpc } from './rpc/serve-rpc';
import { systemModules } from './rpc/system-modules';

/**
 * Starts a node. With a name it listens for others, and is known to the port mapper of its host; without one it is on
 * its own (`nonode@nohost`). OTP: `erl -name`, `net_kernel:start/2`.
 * @throws BadArgumentError if an option is wrong
 * @throws TrestleError with `code` `ERR_NAME_TAKEN` if another node of this host has the name, and with
 * `ERR_PORT_MAPPER` if there is no port mapper and this node cannot be it
 * @throws Error with `code` `EADDRINUSE` if the port is in use
 */
export async function startNode(options: NodeOptions = {}): Promise<Node> {
  checkNodeOptions(options);
  return bootNode(options);
}

/**
 * Puts a node together, of options that were checked.
 * @param scheduler who runs next, for tests; default: whoever became ready first
 */
export async function bootNode(options: NodeOptions, scheduler?: Scheduler): Promise<Node> {
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
  if (options.name !== undefined) await distribute(local, options);
  return node;
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

/** Connects the node to the world; if that fails nothing of it is left. */
async function distribute(local: LocalNode, options: NodeOptions): Promise<void> {
  const { cookie, hidden = false, host, port, netTickMs, limits, resolve, tls } = options;
  const { dist, redial, pulse } = options;
  try {
    const transport =
      tls === undefined ? (options.transport ?? wsTransport) : await TlsTransport.start(local, tls);
    local.distribution = await NetKernel.start({
      node: local,
      cookies: readCookies({ cookie, env: process.env, homeDirectory: homedir(), random: local.random }),
      hidden,
      transport,
      host,
      port,
      netTickMs,
      dist,
      redial,
      pulse,
      limits,
      sendBuffer: options.sendBuffer,
      resolve,
      mapperPort: resolve === undefined ? (options.mapperPort ?? mapperPort(process.env)) : undefined,
    });
  } catch (error) {
    await local.node.stop();
    throw error;
  }
}

/** A number that no other life of the node has, but for one chance in four thousand million. */
function newCreation(random: Random): number {
  return new DataView(Uint8Array.from(random.bytes(4)).buffer).getUint32(0);
}
