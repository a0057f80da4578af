import type { NodeName } from '../../terms/node-name';
import type { LocalNode } from '../local-node';

/** What comes from other nodes: whoever waits for something large can see that it is on its way. */
export class Inflow {
  constructor(private readonly local: LocalNode) {}

  /** How many bytes have come over the present connection to another node, fragments of what is not complete included. */
  bytesFrom(node: NodeName): number {
    return this.local.distribution.bytesFrom(node);
  }
}
