import { isNodeName, type NodeName } from '../../terms/node-name';
import type { PeerInfo } from '../handshake/peer-info';

/**
 * The names a node tells a peer that has just connected: those of its visible nodes. A hidden node neither tells nor
 * is told, and is told of to nobody.
 */
export function introduction(
  self: Pick<PeerInfo, 'hidden'>,
  peer: PeerInfo,
  connected: readonly PeerInfo[],
): NodeName[] | undefined {
  if (self.hidden || peer.hidden) return undefined;
  return connected.filter(({ name, hidden }) => !hidden && name !== peer.name).map(({ name }) => name);
}

/** Which of the names a peer told are new: to be connected to, so that joining one node joins all. */
export function strangers(
  self: Pick<PeerInfo, 'name' | 'hidden'>,
  teller: PeerInfo,
  told: readonly NodeName[],
  isKnown: (name: NodeName) => boolean,
): NodeName[] {
  if (self.hidden || teller.hidden) return [];
  return told.filter((name) => isNodeName(name) && name !== self.name && !isKnown(name));
}
