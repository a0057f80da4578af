import type { ClockTimer } from '../../terms/clock';
import type { VirtualClock } from '../virtual-clock';
import type { Gate } from './gate';
import type { Path } from './path';

/** What travels over a connection, in one direction. */
export type Parcel =
  | { readonly kind: 'data'; readonly data: Uint8Array | string }
  /** The steps of a connection's beginning and end. */
  | { readonly kind: 'open' | 'opened' | 'refused' | 'close' | 'reset' };

/** A parcel on its way. */
interface Travelling {
  readonly parcel: Parcel;
  readonly bytes: number;
  /** When its last byte has left the sender. */
  readonly leftAt: number;
  /** When its first byte arrives. */
  readonly beginsAt: number;
  readonly arrivesAt: number;
}

/** Where a pipe ends. */
export interface PipeEnd {
  /** Shut while nobody there reads. */
  readonly gate: Gate;
  /** How many bytes in a millisecond are read there. */
  readonly bytesPerMs: number;
}

/**
 * One direction of one connection: what is sent arrives whole and in order, each parcel after a latency of its own. What
 * meets a shut gate waits there, as TCP sends again until it gets through.
 */
export class Pipe {
  /** Called when all that waited has left the sender. */
  onDrain: (() => void) | null = null;
  private drainTimer: ClockTimer | null = null;
  private readonly travelling: Travelling[] = [];
  private timer: ClockTimer | null = null;
  private heldBy: Gate | null = null;
  private isBroken = false;
  private delivered = 0;
  private mostReceived = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly path: Path,
    private readonly end: PipeEnd,
    private readonly onArrival: (parcel: Parcel, bytes: number) => void,
  ) {}

  send(parcel: Parcel): void {
    if (this.isBroken) return;
    const now = this.clock.now();
    const last = this.travelling.at(-1);
    const bytes = parcel.kind === 'data' ? parcel.data.length : 0;
    const begins = Math.max(now, last?.leftAt ?? 0);
    const leftAt = begins + bytes / this.end.bytesPerMs;
    const latency = this.path.drawLatency();
    const arrivesAt = Math.max(leftAt + latency, last?.arrivesAt ?? 0);
    const beginsAt = Math.min(Math.max(begins + latency, last?.arrivesAt ?? 0), arrivesAt);
    this.travelling.push({ parcel, bytes, leftAt, beginsAt, arrivesAt });
    if (this.timer === null && this.heldBy === null) this.arm();
    this.awaitDrain();
  }

  /** Bytes that have not left the sender. */
  get bytesWaiting(): number {
    const now = this.clock.now();
    let bytes = 0;
    for (let i = this.travelling.length - 1; i >= 0; i--) {
      const { leftAt, bytes: size } = this.travelling[i] as Travelling;
      if (leftAt <= now && this.heldBy === null) break;
      bytes += size;
    }
    return bytes;
  }

  /** Bytes that have arrived, those of the parcel that is just arriving included. */
  get bytesArrived(): number {
    this.mostReceived = Math.max(this.mostReceived, this.delivered + this.partOfFirst());
    return this.mostReceived;
  }

  /** Looks again when the last byte should have left; who is held looks again when it goes on. */
  private awaitDrain(): void {
    if (this.onDrain === null || this.drainTimer !== null || this.heldBy !== null) return;
    const leftAt = this.travelling.at(-1)?.leftAt ?? 0;
    const now = this.clock.now();
    if (leftAt > now) this.drainTimer = this.clock.setTimer(this.lookForDrain, leftAt - now);
  }

  private readonly lookForDrain = (): void => {
    this.drainTimer = null;
    if (this.bytesWaiting > 0) this.awaitDrain();
    else this.onDrain?.();
  };

  /** The sender is gone: some of what is on its way still arrives, then the other side hears of it. */
  breakOff(): void {
    if (this.isBroken) return;
    this.travelling.length = this.path.random.below(this.travelling.length + 1);
    this.send({ kind: 'reset' });
    this.isBroken = true;
    this.rearm();
  }

  /** The sender has vanished: some of what is on its way still arrives, and nobody is told. */
  abandon(): void {
    this.travelling.length = this.path.random.below(this.travelling.length + 1);
    this.rearm();
  }

  /** Nothing of what is on its way, or will be sent, arrives. */
  silence(): void {
    this.isBroken = true;
    this.travelling.length = 0;
    this.rearm();
  }

  private partOfFirst(): number {
    const [first] = this.travelling;
    if (first === undefined || this.shutGate() !== undefined) return 0;
    const share = (this.clock.now() - first.beginsAt) / (first.arrivesAt - first.beginsAt);
    return share > 0 ? Math.floor(first.bytes * Math.min(share, 1)) : 0;
  }

  private shutGate(): Gate | undefined {
    if (this.path.gate.isShut) return this.path.gate;
    return this.end.gate.isShut ? this.end.gate : undefined;
  }

  private rearm(): void {
    this.timer?.cancel();
    this.drainTimer?.cancel();
    this.timer = this.drainTimer = null;
    this.heldBy?.leave(this.goOn);
    this.heldBy = null;
    this.arm();
  }

  private arm(): void {
    const [first] = this.travelling;
    if (first === undefined) return;
    this.timer = this.clock.setTimer(this.arrive, Math.max(0, first.arrivesAt - this.clock.now()));
  }

  private readonly arrive = (): void => {
    this.timer = null;
    const gate = this.shutGate();
    if (gate !== undefined) {
      this.heldBy = gate;
      gate.wait(this.goOn);
      return;
    }
    const { parcel, bytes } = this.travelling.shift() as Travelling;
    this.delivered += bytes;
    this.onArrival(parcel, bytes);
    if (this.heldBy === null && isNull(this.timer)) this.arm();
  };

  /** What was held on its way sets out again; what its machine had taken, and nobody read, is there. */
  private readonly goOn = (): void => {
    const latency = this.heldBy === this.path.gate ? this.path.drawLatency() : 0;
    this.heldBy = null;
    this.timer = this.clock.setTimer(this.arrive, latency);
    if (this.onDrain !== null) this.drainTimer ??= this.clock.setTimer(this.lookForDrain, 0);
  };
}

/** What an arrival causes may have armed the pipe, which the compiler cannot see. */
function isNull(timer: ClockTimer | null): boolean {
  return timer === null;
}
