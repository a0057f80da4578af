import type { ClockTimer } from '@trestle/runtime';
import { SeededRandom, VirtualClock } from '@trestle/runtime/testing';
import type {
  DialOptions,
  Socket,
  Transport,
} from '../../packages/runtime/src/distribution/socket/transport';
import { Fabric } from '../../packages/runtime/src/testing/simulation/fabric';
import { SimulatedSocket } from '../../packages/runtime/src/testing/simulation/simulated-socket';

/** Virtual time in which what takes no time happens in a later turn, without being told to. */
class InstantClock extends VirtualClock {
  override setTimer(callback: () => void, delayMs: number): ClockTimer {
    if (delayMs > 0) return super.setTimer(callback, delayMs);
    let runs = true;
    this.nextTurn(() => {
      if (runs) callback();
    });
    return { cancel: () => void (runs = false) };
  }
}

/** The simulated network without latency, for tests that look at single sockets and connections. */
export class InstantNetwork {
  readonly clock = new InstantClock();
  /** Which nodes were dialled, in order. */
  readonly dialled: string[] = [];
  private readonly fabric = new Fabric(this.clock, new SeededRandom('instant'), 0);
  private readonly sockets: SimulatedSocket[] = [];
  private dials: Promise<void> = Promise.resolve();

  /** The transport of a node. */
  transportOf(name: string): Transport {
    const life = this.fabric.host(name).begin();
    return {
      listen: (options, onSocket) =>
        life.listen(options, (socket) => {
          onSocket(this.noted(socket));
        }),
      dial: async (address, options) => {
        this.dialled.push(address.host);
        await this.dials;
        return this.noted(await life.dial(address, options));
      },
    };
  }

  /** Both ends of a connection between two nodes; the first has dialled. */
  async socketPair(): Promise<readonly [here: SimulatedSocket, there: SimulatedSocket]> {
    let accepted!: SimulatedSocket;
    await this.transportOf('there').listen({} as never, (socket) => (accepted = simulated(socket)));
    const options: DialOptions = {
      timeoutMs: Infinity,
      signal: new AbortController().signal,
      maxFrameBytes: Infinity,
      maxUnprovenBytes: Infinity,
    };
    const dialled = await this.transportOf('here').dial({ host: 'there', port: 1 }, options);
    return [simulated(dialled), accepted];
  }

  /** Sockets that are open, counting both ends of each connection. */
  get open(): number {
    return this.sockets.filter(({ isOpen }) => isOpen).length;
  }

  /** Closes every connection, as when each other side is killed. */
  cut(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  /** From now on nothing of what is sent over the connections there are arrives, not even that they close. */
  freeze(): void {
    for (const { out } of this.sockets) out.silence();
  }

  /** Ends every socket that is left, as an operating system does in the end. */
  thaw(): void {
    for (const socket of this.sockets) socket.finish();
  }

  /** Every dial waits until the returned function is called. */
  holdDials(): () => void {
    let release = (): void => {};
    this.dials = new Promise((resolve) => (release = resolve));
    return release;
  }

  /** Sends on behalf of one end of a connection. */
  inject(data: Uint8Array | string): void {
    this.sockets.find(({ isOpen }) => isOpen)?.send(data);
  }

  private noted(socket: Socket): Socket {
    this.sockets.push(simulated(socket));
    return socket;
  }
}

function simulated(socket: Socket): SimulatedSocket {
  if (socket instanceof SimulatedSocket) return socket;
  throw new Error('a socket of another network');
}
