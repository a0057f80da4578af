import type { Socket } from '../../distribution/link/transport';
import type { NodeName } from '../../terms/node-name';
import type { VirtualClock } from '../virtual-clock';
import type { Parcel, Pipe } from './pipe';
import type { SimulatedSocket, SocketHolder } from './simulated-socket';

/** A node as those see it that dial it, or are dialled by it. */
export interface DialParty extends SocketHolder {
  /** Takes connections, while the node listens. */
  readonly onSocket: ((socket: Socket) => void) | null;
  /** A socket is open, or on its way to be. */
  holds(socket: SimulatedSocket): void;
}

/** What connects nodes. */
export interface Wires {
  readonly clock: VirtualClock;
  /** The node that runs under a name; `null` if none does. */
  runningAt(name: NodeName): DialParty | null;
  /** One direction of a connection. */
  pipe(from: NodeName, to: NodeName, onArrival: (parcel: Parcel) => void): Pipe;
}
