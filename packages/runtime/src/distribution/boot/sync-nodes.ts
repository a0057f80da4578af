import { z } from '#zod';
import { isDuration } from '../../terms/duration';
import { BadArgumentError, NodeDownError, StartError } from '../../terms/errors';
import { isNodeName, noNode, type NodeName } from '../../terms/node-name';
import { checkOptions } from '../../terms/options';
import type { Node } from '../../node/node';
import { gatherNodes } from './gather-nodes';

/** Which nodes to wait for at boot. OTP: kernel's `sync_nodes_mandatory`, `sync_nodes_optional`, `sync_nodes_timeout`. */
export interface SyncNodesOptions {
  /** Nodes without which this one must not go on. */
  readonly mandatory?: readonly NodeName[];
  /** Nodes to wait for, but not for ever. */
  readonly optional?: readonly NodeName[];
  /** Milliseconds to wait for all of them; `Infinity` waits until the last one is there. */
  readonly timeoutMs: number;
}

/** How waiting for nodes ended. */
export interface SyncedNodes {
  readonly connected: readonly NodeName[];
  /** Optional nodes that were not there in time. */
  readonly missing: readonly NodeName[];
}

/** A list of node names, for options. */
export const nodeNames = z.array(
  z.custom<NodeName>(isNodeName, "a node name of the form 'name@host'"),
  'node names',
);

const optionsSchema = z.strictObject({
  mandatory: nodeNames.optional(),
  optional: nodeNames.optional(),
  timeoutMs: z.custom<number>(isDuration, 'milliseconds, 0 or more, or Infinity'),
});

/**
 * Connects to the named nodes and waits until all of them are connected, trying again those that are not up yet. This
 * node's own name may be among them, so that all nodes can share one list.
 * @param options.timeoutMs milliseconds; when they are over, an optional node may be missing, a mandatory one may not
 * @returns which of them are connected, and which optional ones are missing
 * @throws StartError that names the mandatory nodes which were not connected in time
 * @throws BadArgumentError if an option is wrong, or this node has no name; NodeDownError if it was stopped meanwhile
 */
export async function syncNodes(node: Node, options: SyncNodesOptions): Promise<SyncedNodes> {
  const { mandatory = [], optional = [], timeoutMs } = checkOptions('syncNodes', optionsSchema, options);
  const wanted = new Set([...mandatory, ...optional].filter((name) => name !== node.name));
  if (wanted.size === 0) return { connected: [], missing: [] };
  if (node.name === noNode) {
    throw new BadArgumentError({ call: 'syncNodes', expected: 'a node with a name', got: node.name });
  }
  const missing = await waitFor(node, wanted, timeoutMs);
  const within = `not connected within ${String(timeoutMs)} ms`;
  const isMissing = (name: NodeName): boolean => missing.has(name);
  const needed = mandatory.filter(isMissing);
  if (needed.length > 0) {
    throw new StartError(`syncNodes on ${node.name}`, `mandatory nodes ${within}: ${needed.join(', ')}`);
  }
  const absent = [...wanted].filter(isMissing);
  if (absent.length > 0)
    node.log.report('warning', { type: 'absentNodes', nodes: absent, withinMs: timeoutMs });
  return { connected: [...wanted].filter((name) => !isMissing(name)), missing: absent };
}

/** The nodes that were not there in time. */
function waitFor(node: Node, wanted: ReadonlySet<NodeName>, timeoutMs: number): Promise<Set<NodeName>> {
  return new Promise((resolve, reject) => {
    node.spawn(async (self) => {
      self.label = 'sync nodes';
      self.signal.addEventListener('abort', () => {
        // Too late to matter unless the process was killed, which happens when its node stops.
        reject(new NodeDownError('syncNodes', node.name, false));
      });
      resolve(await gatherNodes(self, wanted, timeoutMs));
    });
  });
}
