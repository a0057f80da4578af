import { startMembership } from '@trestle/cluster';
import { BadArgumentError, NodeDownError, type AnySelf, type Node, type NodeName } from '@trestle/runtime';
import { checkOptions, nodeNameSchema, z } from '@trestle/runtime/internal';
import { Cache } from './cache';
import { holdsEntries, membershipOptionsOf } from '../terms/cache-members';
import { checkCacheOptions, type CacheOptions } from '../terms/cache-options';
import { nodeOf } from './check-node';
import { meetMembers } from './meet-members';

/** How a node that holds nothing uses a cache. */
export interface CacheClientOptions extends CacheOptions {
  /** Nodes to connect to first, unless they are connected: one of a mesh is enough. */
  readonly connectTo?: readonly NodeName[];
}

const schema = z.object({ connectTo: z.array(nodeNameSchema, 'an array of node names').optional() });

/**
 * A cache as a node sees it that holds none of it, and lets nobody use the cache by way of it. Stops nothing when it is
 * dropped: it is a view.
 */
export class CacheClient<Value = unknown> extends Cache<Value> {
  /**
   * Starts to watch the members of a cache, if they come and go, from a node that is none of them; and connects to those that
   * they name: all are there from the first request on, but for those that cannot be reached within two seconds.
   * @param on the node; or the process to link the watch to
   * @throws BadArgumentError if an option is wrong, or the node is one that holds entries
   * @throws NameTakenError if the node watches the members of such a cache already: `new Cache` is a view then
   * @throws NodeDownError if none of `connectTo` can be reached: nothing was asked
   */
  static async start<Value = unknown>(
    on: Node | AnySelf,
    given: CacheClientOptions,
  ): Promise<CacheClient<Value>> {
    const call = 'CacheClient.start';
    const node = nodeOf(call, on);
    const nodes = checkOptions(call, schema, given).connectTo ?? [];
    const { connectTo: _seeds, ...options } = given;
    checkCacheOptions(call, options);
    if (holdsEntries(options, node.name)) {
      throw new BadArgumentError({ call, expected: 'a node that holds no entries', got: node.name });
    }
    await connectToOne(call, node, nodes);
    const watched = membershipOptionsOf(options);
    if (watched !== undefined) await startMembership(on, watched);
    const client = new CacheClient<Value>(node, options);
    if (watched !== undefined) await meetMembers(node, client, watched.name);
    return client;
  }
}

async function connectToOne(call: string, node: Node, nodes: readonly NodeName[]): Promise<void> {
  const connected = await Promise.all(nodes.map((other) => node.connect(other)));
  if (nodes.length > 0 && !connected.includes(true)) throw new NodeDownError(call, nodes[0] ?? '', false);
}
