import type { Node } from '../node/node';
import { hostOf, noNode } from '../terms/node-name';
import { mapperPort } from '../distribution/port-mapper/mapper-port';
import { names } from '../distribution/port-mapper/mapper-client';

const loopback = '127.0.0.1';

/** The nodes there is reason to type: the connected ones, and those of this host. */
export async function knownNodeNames(node: Node): Promise<string[]> {
  return [...node.list('connected'), ...(await nodesOfHost(node))];
}

async function nodesOfHost(node: Node): Promise<string[]> {
  const host = node.name === noNode ? loopback : hostOf(node.name);
  try {
    const known = await names({ host, port: mapperPort(process.env), clock: node.clock });
    return known.map(({ name }) => `${name}@${host}`);
  } catch {
    // Whoever presses Tab does not want to hear about the port mapper.
    return [];
  }
}
