import type { HandshakeFailure } from '../../terms/errors';
import type { NodeName } from '../../terms/node-name';
import type { PeerInfo } from './peer-info';

/**
 * What the accepting node says to a peer that has proved itself. OTP: `send_status`.
 * - `ok`: welcome
 * - `alreadyConnected`: there is a connection between the two already; it stays
 * - `simultaneous`: the accepting node is dialling too, and its own attempt wins
 */
export type Admission = 'ok' | 'alreadyConnected' | 'simultaneous';

/** What happens to a handshake. */
export type HandshakeEvent =
  | { readonly kind: 'started' }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'timeout' }
  /** The peer has proved itself, and its certificate is one of somebody else. Reaches the acceptor only. */
  | { readonly kind: 'distrusted'; readonly problem: string }
  /** The peer has proved itself, and is none that may connect. Reaches the acceptor only. */
  | { readonly kind: 'disallowed'; readonly problem: string }
  /** The answer to `askAdmission`; reaches the acceptor only. */
  | { readonly kind: 'admission'; readonly decision: Admission };

/** What a handshake wants done. `accepted`, `yielded` and `failed` are the last of it. */
export type HandshakeEffect =
  | { readonly kind: 'send'; readonly text: string }
  /** The peer has proved itself: decide, and answer with an `admission` event. Acceptor only. */
  | { readonly kind: 'askAdmission'; readonly peer: PeerInfo }
  /** Both sides have proved themselves: signals may flow. */
  | { readonly kind: 'accepted'; readonly peer: PeerInfo }
  /** No error: another connection of the same two nodes stands, or is about to; close this one. */
  | { readonly kind: 'yielded'; readonly peer: PeerInfo; readonly to: Exclude<Admission, 'ok'> }
  | {
      readonly kind: 'failed';
      readonly why: HandshakeFailure;
      readonly message: string;
      /** The name the peer says it has, if that is all that speaks for it. */
      readonly claimed?: NodeName;
    };

/** One step of a handshake. */
export interface HandshakeStep<State> {
  readonly state: State;
  readonly effects: readonly HandshakeEffect[];
}

/** The state after the last effect: nothing that still comes in matters. */
export interface HandshakeEnded {
  readonly phase: 'ended';
}

/** A step after which nothing follows. */
export function endHandshake(...effects: readonly HandshakeEffect[]): HandshakeStep<HandshakeEnded> {
  return { state: { phase: 'ended' }, effects };
}

/** A step that ends a handshake without a connection. */
export function failHandshake(why: HandshakeFailure, message: string): HandshakeStep<HandshakeEnded> {
  return endHandshake({ kind: 'failed', why, message });
}
