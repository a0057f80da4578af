import type { Self } from '@trestle/runtime';
import { attachedTo, DrainHolds } from '@trestle/runtime/internal';
import type { CachePart } from './cache-part';

/**
 * Has a node that drains wait until its part of a cache is given away. Over `members` the part is nobody's owner any more
 * as soon as the node's own membership leaves it out, and goes the way of all that is not where it belongs; over `nodes`
 * it belongs there still, and is drained.
 * @returns takes the hold away
 */
export function holdDrain({ node }: Self, part: CachePart, comeAndGo: boolean): () => void {
  let hasBegun = false;
  let isGiven = false;
  return attachedTo('startCache', node, DrainHolds).add(part.options.name, () => {
    if (comeAndGo) return part.replicas?.isLeaving ?? false;
    if (!hasBegun) {
      hasBegun = true;
      part.drain(() => (isGiven = true));
    }
    return !isGiven;
  });
}
