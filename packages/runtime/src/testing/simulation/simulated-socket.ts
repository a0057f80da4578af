import type { Socket } from '../../distribution/socket/transport';
import type { NodeName } from '../../terms/node-name';
import type { Parcel, Pipe } from './pipe';

/** What a socket needs of the node that holds it. */
export interface SocketHolder {
  readonly name: NodeName;
  /** Whether a life of the node runs: this one or a later one. */
  readonly answers: boolean;
  /** The socket is closed. */
  released(socket: SimulatedSocket): void;
}

/** One end of a connection of a simulated network. */
export class SimulatedSocket implements Socket {
  /** The pipe to the other end, and that end, once it is there. */
  out!: Pipe;
  peer: SimulatedSocket | null = null;
  private hasClosed = false;
  private isClosing = false;
  private messageListener: (data: Uint8Array | string) => void = () => undefined;
  private closeListener: (problem: string | undefined) => void = () => undefined;

  constructor(
    readonly holder: SocketHolder,
    readonly remoteAddress: NodeName,
  ) {}

  get bufferedAmount(): number {
    return this.hasClosed ? 0 : this.out.bytesWaiting;
  }

  get bytesReceived(): number {
    return this.peer === null ? 0 : this.peer.out.bytesArrived;
  }

  get remoteHost(): NodeName {
    return this.remoteAddress;
  }

  get isOpen(): boolean {
    return !this.hasClosed;
  }

  set onDrain(listener: () => void) {
    this.out.onDrain = listener;
  }

  set onMessage(listener: (data: Uint8Array | string) => void) {
    this.messageListener = listener;
  }

  set onClose(listener: (problem: string | undefined) => void) {
    this.closeListener = listener;
    if (this.hasClosed) listener(undefined);
  }

  send(data: Uint8Array | string, whenSent?: () => void): void {
    if (this.hasClosed || this.isClosing) return;
    // The two ends share no memory; the `slice` of a Buffer would.
    this.out.send({ kind: 'data', data: typeof data === 'string' ? data : Buffer.from(data) });
    whenSent?.();
  }

  cork(): void {
    // Each parcel travels by itself.
  }

  uncork(): void {
    // Nothing was kept.
  }

  prove(): void {
    // What a stranger may send is limited by real transports only: nobody here is a stranger.
  }

  close(): void {
    if (this.hasClosed || this.isClosing) return;
    this.isClosing = true;
    this.out.send({ kind: 'close' });
  }

  terminate(): void {
    if (this.hasClosed) return;
    this.out.breakOff();
    this.finish();
  }

  /** Something has come from the other end. */
  receive(parcel: Parcel): void {
    if (this.hasClosed) {
      // As TCP answers to a connection that is no more.
      if (parcel.kind === 'data' && this.holder.answers) this.out.send({ kind: 'reset' });
      return;
    }
    if (parcel.kind === 'data') this.messageListener(parcel.data);
    else if (parcel.kind === 'reset') this.finish();
    else if (parcel.kind === 'close') {
      if (!this.isClosing) this.out.send({ kind: 'close' });
      this.finish();
    }
  }

  /** It is closed; whoever holds it is told in a moment. */
  finish(): void {
    if (this.hasClosed) return;
    this.hasClosed = true;
    this.holder.released(this);
    void Promise.resolve().then(() => {
      this.closeListener(undefined);
    });
  }
}
