import type { NodeName } from '@trestle/runtime';
import type { StoredKey } from '../store/stored-key';
import type { Version } from '../versions/version';
import type { Claims } from './lookups/claims';
import type { Clearing } from './clearing';
import type { Incoming } from './incoming';
import type { CopyMessage, PeerMessage, SyncMessage } from './peer-message';
import type { Peer, Peers } from './peers';
import type { Questions } from './lookups/questions';
import type { Sync } from './comparison/sync';
import type { SyncSource } from './comparison/sync-source';
import type { Writes } from './writes/writes';

/** Whom messages of peers concern. */
export interface Receivers {
  readonly peers: Peers;
  readonly writes: Writes;
  readonly questions: Questions;
  readonly claims: Claims;
  /** Whether this node changes a key, as it knows the members. */
  readonly leads: (key: StoredKey) => boolean;
  readonly incoming: Incoming;
  readonly sync: Sync;
  readonly source: SyncSource;
  readonly clearing: Clearing;
  /** The server must not go on. */
  readonly refused: (difference: string) => void;
}

/** Gives what a peer says to whom it concerns. */
export function receiveMessage(to: Receivers, message: PeerMessage): void {
  const pid = message[1];
  if (message[0] === 'cache:hello') to.peers.hello(pid, message[2]);
  else if (message[0] === 'cache:refused') to.refused(message[2]);
  else {
    const peer = to.peers.by(pid);
    // It has gone, or has not greeted yet: it will, and is compared with then.
    if (peer !== undefined) receiveFrom(to, peer, message);
  }
}

function receiveFrom(to: Receivers, peer: Peer, message: CopyMessage | SyncMessage): void {
  switch (message[0]) {
    case 'cache:copies':
      to.incoming.copies(peer, message[2], message[3]);
      return;
    case 'cache:copied':
      to.writes.outbox.copied(message[2], message[3]);
      return;
    case 'cache:ask':
      to.incoming.asked(peer, message[2], message[3]);
      return;
    case 'cache:claim':
      heardClaim(to, peer, message[3], message[4]);
      to.incoming.asked(peer, message[2], message[3]);
      return;
    case 'cache:claimed':
      to.claims.goesFirst(peer, message[2]);
      to.peers.named(message[3]);
      return;
    case 'cache:told':
      to.questions.told(message[2], message[3], message[4]);
      return;
    case 'cache:cleared':
      to.clearing.heard(message[2]);
      return;
    case 'cache:leaving':
      to.peers.leaving(peer.pid);
      return;
    case 'cache:reading':
      // Its bytes have been counted.
      return;
    default:
      receiveSync(to, peer, message);
  }
}

/** A peer claims keys. */
function heardClaim(to: Receivers, peer: Peer, keys: readonly StoredKey[], met: readonly NodeName[]): void {
  const first = to.claims.heard(peer, keys, to.leads);
  const others = to.peers.names().filter((node) => node !== peer.node && !met.includes(node));
  to.incoming.claimed(peer, first, others);
}

function receiveSync(to: Receivers, peer: Peer, message: SyncMessage): void {
  switch (message[0]) {
    case 'cache:compare':
      to.sync.start(peer, 'change');
      return;
    case 'cache:give':
      to.incoming.take(message[2], false);
      return;
    case 'cache:digest':
      to.clearing.heard(message[3]);
      to.source.digest(peer, message[2]);
      return;
    case 'cache:digested':
      to.clearing.heard(message[5]);
      to.sync.digested(message[2], message[3], message[4]);
      return;
    case 'cache:pull':
      to.source.pull(peer, message[2], {
        slots: message[3],
        versions: versionsOf(message[4]),
        trustsFrom: message[5],
        hasRoom: message[6],
      });
      return;
    case 'cache:pulled':
      to.sync.pulled(message[2], message[3], { wanted: message[4], absent: message[5] }, message[6]);
  }
}

/** Key, stamp and origin of each. */
function versionsOf(list: readonly unknown[]): Map<StoredKey, Version> {
  const versions = new Map<StoredKey, Version>();
  for (let i = 0; i < list.length; i += 3) {
    versions.set(list[i] as StoredKey, { stamp: list[i + 1] as number, origin: list[i + 2] as NodeName });
  }
  return versions;
}
