import type { Random } from '../../terms/clock';
import type { NodeName } from '../../terms/node-name';
import type { Cookie } from './cookie';
import type { HandshakeEvent, HandshakeStep } from './handshake-step';
import type { PeerInfo } from './peer-info';

export interface InitiatorOptions {
  readonly local: PeerInfo;
  readonly cookie: Cookie;
  /** The name of the node that was dialled. */
  readonly dialled: NodeName;
  readonly random: Random;
}

export interface InitiatorState {
  readonly phase: string;
}

/** The first state of the dialling side's handshake. */
export function initiatorState(_options: InitiatorOptions): InitiatorState {
  throw new Error('not written yet');
}

/** One step of the dialling side's handshake. */
export function stepInitiator(_state: InitiatorState, _event: HandshakeEvent): HandshakeStep<InitiatorState> {
  throw new Error('not written yet');
}
