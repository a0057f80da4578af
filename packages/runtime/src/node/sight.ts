import type { NodeName } from '../terms/node-name';
import type { LocalNode } from './local-node';

/** Which other nodes a node has to do with. */
export class Sight {
  constructor(private readonly local: LocalNode) {}

  /** Whether the node is hidden: then it is on nobody's list, and to it all others are hidden. */
  get isHidden(): boolean {
    return this.local.distribution.isHidden;
  }

  /** The nodes that it lists; all that it is connected to, if it is hidden. */
  nodes(): NodeName[] {
    return this.local.distribution.list(this.isHidden ? 'connected' : 'visible');
  }
}
