import { BadArgumentError, type Node } from '@trestle/runtime';
import { attachedTo, Sight } from '@trestle/runtime/internal';
import { holdsEntries, type CacheMembers } from '../terms/cache-members';

/**
 * Whether a node is among those that hold entries.
 * @throws BadArgumentError if it is one by its name and is hidden: others take it for no member
 */
export function isHolder(call: string, node: Node, where: CacheMembers): boolean {
  if (!holdsEntries(where, node.name)) return false;
  if (where.members === undefined || !attachedTo(call, node, Sight).isHidden) return true;
  const expected = "a visible node, for it holds entries over 'members'";
  throw new BadArgumentError({ call, expected, got: node.name });
}
