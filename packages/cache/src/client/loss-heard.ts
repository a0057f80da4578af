import { localName, type Node, type NodeName } from '@trestle/runtime';
import type { MembershipServer } from '@trestle/cluster';

/**
 * Waits until this node's routing knows that another node, or the server of a cache on it, is gone: calls fail before a loss is
 * made known. It asks those who make it known; whoever does not answer tells nothing.
 * @param members the name of the processes that watch the members
 */
export async function lossHeard(
  node: Node,
  members: string,
  lost: NodeName,
  timeoutMs: number,
): Promise<void> {
  const server = localName<MembershipServer>(members);
  // What it tells all others leaves before its answer. A node that is down tells nothing, and must not be looked for.
  const isThere = node.list('connected').includes(lost);
  if (isThere) await answered(node.call(server.on(lost), { type: 'heard' }, { timeoutMs }));
  await answered(node.call(server, { type: 'heard' }, { timeoutMs }));
}

async function answered(call: Promise<unknown>): Promise<void> {
  await Promise.allSettled([call]);
}
