import type { LocalNode } from '../local-node';
import type { Node } from '../node';
import { RunningNode } from '../running-node';

/**
 * What a sibling package keeps of a node: one of each class, made when it is first asked for, gone with the node.
 * @throws BadArgumentError if it is no node
 */
export function attachedTo<T>(call: string, node: Node, Kept: new (local: LocalNode) => T): T {
  return RunningNode.partsOf(call, node).attachments.get(Kept);
}
