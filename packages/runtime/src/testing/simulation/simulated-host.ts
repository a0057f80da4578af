import type {
  DialOptions,
  Listener,
  ListenOptions,
  Socket,
  SocketAddress,
  Transport,
} from '../../distribution/socket/transport';
import type { NodeName } from '../../terms/node-name';
import { dialHost } from './dial-host';
import { Gate } from './gate';
import { SimulatedPulseLine } from './simulated-pulse';
import type { SimulatedSocket } from './simulated-socket';
import type { DialParty, PulseParty, Wires } from './wires';

/** The machine of a node: it outlives the node, which may run there again. */
export class SimulatedHost {
  /** Shut while the node there does not read. */
  readonly gate = new Gate();
  /** Shut while not even its pulse answers. */
  readonly pulseGate = new Gate();
  bytesPerMs = Infinity;
  /** The life of the node that runs there. */
  life: HostLife | null = null;
  /** Whether a node has run there yet: a host may be here because somebody dialled a name that nobody has. */
  hasRun = false;
  /** Whether it has lost its power. It has it again when a node begins to live there. */
  isOff = false;

  constructor(
    readonly name: NodeName,
    readonly wires: Wires,
  ) {}

  /** A node begins to live there. */
  begin(): HostLife {
    this.hasRun = true;
    this.isOff = false;
    return (this.life = new HostLife(this));
  }

  /** The sockets that are open there, to all nodes or to one. */
  sockets(peer?: NodeName): SimulatedSocket[] {
    const all = [...(this.life?.sockets ?? [])];
    return peer === undefined ? all : all.filter(({ remoteAddress }) => remoteAddress === peer);
  }
}

/** What one life of a node holds of the network. */
export class HostLife implements Transport, DialParty, PulseParty {
  readonly sockets = new Set<SimulatedSocket>();
  onSocket: ((socket: Socket) => void) | null = null;
  readonly pulse = new SimulatedPulseLine(this);
  private isOver = false;

  constructor(private readonly host: SimulatedHost) {}

  get name(): NodeName {
    return this.host.name;
  }

  get wires(): Wires {
    return this.host.wires;
  }

  get answers(): boolean {
    return this.host.life !== null;
  }

  listen(options: ListenOptions, onSocket: (socket: Socket) => void): Promise<Listener> {
    this.onSocket = onSocket;
    const close = (): Promise<void> => {
      this.onSocket = null;
      return Promise.resolve();
    };
    return Promise.resolve({ port: 1, close });
  }

  dial({ host }: SocketAddress, options: DialOptions): Promise<Socket> {
    if (this.isOver) return Promise.reject(new Error('this life is over'));
    return dialHost(this, this.host.wires, host, options);
  }

  holds(socket: SimulatedSocket): void {
    this.sockets.add(socket);
  }

  released(socket: SimulatedSocket): void {
    this.sockets.delete(socket);
  }

  /**
   * The life ends. Unless it is silently, the operating system closes the sockets, of which the other nodes hear, and refuses
   * new ones; what was still on its way may be lost.
   */
  end(silently: boolean): void {
    this.isOver = true;
    this.onSocket = null;
    if (this.host.life === this) {
      this.host.life = null;
      this.host.isOff = silently;
    }
    for (const socket of [...this.sockets]) {
      if (silently) socket.out.abandon();
      else socket.out.breakOff();
      socket.finish();
    }
    this.host.gate.open();
    this.host.pulseGate.open();
  }
}
