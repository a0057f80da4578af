import { homedir } from 'node:os';
import { assembleNode } from './assemble-node';
import { readCookies } from './distribution/handshake/read-cookies';
import { NetKernel } from './distribution/kernel/net-kernel';
import { wsTransport } from './distribution/socket/ws-transport';
import { MappedNodes } from './distribution/port-mapper/mapped-nodes';
import { mapperPort } from './distribution/port-mapper/mapper-port';
import { TlsTransport } from './distribution/tls/tls-transport';
import type { LocalNode } from './node/local-node';
import type { Node } from './node/node';
import type { Scheduler } from './process/scheduler';
import { checkNodeOptions, type NodeOptions } from './node-options';

/** For those who boot nodes, whose options are theirs to check. */
export { checkNodeOptions, type NodeOptions };

/**
 * Starts a node. With a name it listens for others, and is known to the port mapper of its host; without one it is on
 * its own (`nonode@nohost`). OTP: `erl -name`, `net_kernel:start/2`.
 * @throws BadArgumentError if an option is wrong, or others than its owner may read the file of the cookie that is used
 * @throws NodeNameTakenError if another node of this host has the name
 * @throws PortMapperError if there is no port mapper and this node cannot be it
 * @throws Error with `code` `EADDRINUSE` if the port is in use
 */
export async function startNode(options: NodeOptions = {}): Promise<Node> {
  checkNodeOptions(options);
  return bootNode(options);
}

/**
 * Boots a node of options that were checked.
 * @param scheduler who runs next, for tests; default: whoever became ready first
 */
export function bootNode(options: NodeOptions, scheduler?: Scheduler): Promise<Node> {
  return assembleNode(options, (local) => distribute(local, options), scheduler);
}

async function distribute(local: LocalNode, options: NodeOptions): Promise<NetKernel> {
  // What keeps the options must not keep the cookie as a text.
  const { cookie, hidden = false, tls, ...rest } = options;
  const { resolve } = rest;
  const cookies = readCookies({ cookie, env: process.env, homeDirectory: homedir(), random: local.random });
  const transport =
    tls === undefined ? (options.transport ?? wsTransport) : await TlsTransport.start(local, tls);
  const directory =
    resolve === undefined ? new MappedNodes(local, options.mapperPort ?? mapperPort(process.env)) : undefined;
  return NetKernel.start({ ...rest, node: local, cookies, hidden, transport, directory });
}
