import type { Socket } from '../../distribution/socket/transport';
import type { PulseAnswer } from '../../distribution/pulse/pulse-line';
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

/** A node as its pulse sees it. */
export interface PulseParty {
  readonly name: NodeName;
  readonly wires: Wires;
}

/** A pulse that can be asked. */
export interface PulsePort {
  /** How the event loop does; `undefined` if it is asked for another life. */
  answer(creation: number): PulseAnswer | undefined;
}

/** What connects nodes. */
export interface Wires {
  readonly clock: VirtualClock;
  /** The node that runs under a name; `null` if none does. */
  runningAt(name: NodeName): DialParty | null;
  /** Whether the machine of a node has no power, so that not even its operating system answers. */
  isOff(name: NodeName): boolean;
  /** The pulse that is open under a name; `null` if none is. */
  pulseAt(name: NodeName): PulsePort | null;
  /** The way to a pulse, which listens while its node does not. */
  pulsePipe(from: NodeName, to: NodeName, onArrival: () => void): Pipe;
  /** One direction of a connection. */
  pipe(from: NodeName, to: NodeName, onArrival: (parcel: Parcel) => void): Pipe;
}
