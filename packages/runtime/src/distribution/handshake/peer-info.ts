import type { NodeName } from '../../terms/node-name';

/** A node as the other side of a handshake comes to know it. */
export interface PeerInfo {
  readonly name: NodeName;
  /** Which life of the node this is. */
  readonly creation: number;
  readonly hidden: boolean;
}
