import type { LocalNode } from '../../node/local-node';
import type { NodeBusy, NodeReady } from '../../terms/node-busy';
import type { Departed } from '../../terms/departed';
import type { NodeName } from '../../terms/node-name';
import type { ControlSignal } from '../../terms/signal';
import type { PulseKeeper } from '../pulse/pulse-keeper';
import type { Limits } from '../wire/limits';
import type { SendBuffer } from './send-buffer';
import type { SocketCloser } from '../socket/socket-closer';

/** What the connections of a node share. */
export interface ConnectionContext {
  readonly local: LocalNode;
  readonly limits: Limits;
  readonly closer: SocketCloser;
  /** The peer must give a sign of life this often. */
  readonly netTickMs: number;
  /** How much may wait for a peer that reads too slowly, or is being dialled. */
  readonly sendBuffer: SendBuffer;
  /** Asks peers that are silent whether they are only busy. */
  readonly pulse: Pick<PulseKeeper, 'asker'>;
}

/** Sees the control signals of a connection pass by, in both directions. */
export interface PassingSignals {
  sent(signal: ControlSignal): void;
  /** @returns the signal to deliver, `null` if it is void; an unlink that is not void is answered with one */
  received(signal: ControlSignal): ControlSignal | null;
}

/** Who follows a connection. */
export interface ConnectionListener {
  /** The connection cannot go on. It may be called more than once. */
  lost(reason: string): void;
  /** The peer tells which nodes it is connected to. */
  nodes(names: readonly NodeName[]): void;
  /** The peer is about to leave; or, if `seen`, it knows that this node is. */
  leaving(seen: boolean): void;
  /** The peer tells of nodes that took their leave. */
  departed(nodes: readonly Departed[]): void;
  /** The peer lives but does not listen, or listens again. */
  busy(event: NodeBusy | NodeReady): void;
}
