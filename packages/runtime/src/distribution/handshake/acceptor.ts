import type { Random } from '../../terms/clock';
import type { Cookie } from './cookie';
import type { HandshakeEvent, HandshakeStep } from './handshake-step';
import type { PeerInfo } from './peer-info';

export interface AcceptorOptions {
  readonly local: PeerInfo;
  readonly cookie: Cookie;
  readonly random: Random;
}

export interface AcceptorState {
  readonly phase: string;
}

/** The first state of the accepting side's handshake. */
export function acceptorState(_options: AcceptorOptions): AcceptorState {
  throw new Error('not written yet');
}

/** One step of the accepting side's handshake. */
export function stepAcceptor(_state: AcceptorState, _event: HandshakeEvent): HandshakeStep<AcceptorState> {
  throw new Error('not written yet');
}
