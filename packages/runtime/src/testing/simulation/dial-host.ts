import type { DialOptions, Socket } from '../../distribution/socket/transport';
import type { NodeName } from '../../terms/node-name';
import type { DialParty, Wires } from './wires';
import { SimulatedSocket } from './simulated-socket';

/** Connects to a node: a packet goes there and one comes back, if both ways are open and somebody listens. */
export function dialHost(
  dialler: DialParty,
  wires: Wires,
  to: NodeName,
  options: DialOptions,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const dialling = new Dialling(dialler, wires, to, options, resolve, reject);
    dialling.begin();
  });
}

/** A connection on its way up. */
class Dialling {
  private readonly here: SimulatedSocket;
  private there: SimulatedSocket | null = null;
  private timer: { cancel(): void } | null = null;
  private settled = false;

  constructor(
    private readonly dialler: DialParty,
    private readonly wires: Wires,
    private readonly to: NodeName,
    private readonly options: DialOptions,
    private readonly resolve: (socket: Socket) => void,
    private readonly reject: (error: Error) => void,
  ) {
    this.here = new SimulatedSocket(dialler, to);
  }

  begin(): void {
    const { dialler, wires, to, here, options } = this;
    here.out = wires.pipe(dialler.name, to, (parcel) => {
      if (parcel.kind === 'open') this.arrived();
      else this.there?.receive(parcel);
    });
    dialler.holds(here);
    here.onClose = () => {
      this.fail('the connection was reset');
    };
    options.signal.addEventListener('abort', this.giveUp);
    if (options.timeoutMs !== Infinity) {
      this.timer = wires.clock.setTimer(() => {
        this.fail('nobody answered in time');
      }, options.timeoutMs);
    }
    here.out.send({ kind: 'open' });
    if (options.signal.aborted) this.giveUp();
  }

  /** The first packet is there. */
  private arrived(): void {
    const { wires, to, here, dialler } = this;
    // A machine that is off does not say so.
    if (wires.isOff(to)) return;
    const life = wires.runningAt(to);
    const back = wires.pipe(to, dialler.name, (parcel) => {
      this.answered(parcel.kind);
      here.receive(parcel);
    });
    if (life === null || life.onSocket === null) {
      back.send({ kind: 'refused' });
      return;
    }
    const there = (this.there = new SimulatedSocket(life, dialler.name));
    Object.assign(there, { peer: here, out: back });
    here.peer = there;
    life.holds(there);
    back.send({ kind: 'opened' });
    life.onSocket(there);
  }

  private answered(kind: string): void {
    if (kind === 'refused') this.fail('connection refused');
    if (kind !== 'opened' || this.settled) return;
    this.settle();
    this.here.onClose = () => undefined;
    this.resolve(this.here);
  }

  private readonly giveUp = (): void => {
    this.fail('the dial was given up');
  };

  private fail(problem: string): void {
    if (this.settled) return;
    this.settle();
    this.here.terminate();
    this.reject(new Error(problem));
  }

  private settle(): void {
    this.settled = true;
    this.timer?.cancel();
    this.options.signal.removeEventListener('abort', this.giveUp);
  }
}
