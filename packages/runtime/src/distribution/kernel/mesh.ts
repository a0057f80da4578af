import type { NodeLog } from '../../node/log/node-log';
import { isNodeName, type NodeName } from '../../terms/node-name';
import type { PeerInfo } from '../handshake/peer-info';

/**
 * How many names of one introduction are dialled. A peer may invent them, and each dial holds a socket and asks a name
 * server: this is far more than a full mesh can hold, and fewer than the descriptors a process usually has.
 */
export const maxToldNames = 1_024;

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
  return [...new Set(told)].filter((name) => isNodeName(name) && name !== self.name && !isKnown(name));
}

/** The strangers that are dialled; of the others, if a peer has told too many, one line of the log says how many. */
export function dialledOf(all: readonly NodeName[], teller: PeerInfo, log: NodeLog): readonly NodeName[] {
  const ignored = all.length - maxToldNames;
  if (ignored <= 0) return all;
  const problem = `it told of ${String(all.length)} nodes at once: ${String(ignored)} of them are not dialled`;
  log.report('warning', { type: 'connection', event: 'failed', peer: teller.name, problem });
  return all.slice(0, maxToldNames);
}
