import { fragmentBytes } from '../wire/limits';
import type { SendBuffer } from './send-buffer';
import type { FrameSink } from './send-queue';
import type { Socket } from '../socket/transport';

/** There is room while less than so many bytes wait to leave: enough to keep a network busy until it is noticed. */
const roomBytes = 4 * fragmentBytes;

/** How much may wait, and who is told if it is more. */
export interface OutletOptions {
  readonly marks: Pick<SendBuffer, 'highBytes' | 'maxBytes'>;
  /** The high mark is reached. Called whenever something is sent then. */
  readonly onFilled: () => void;
  /** It is the end. Called in a later turn, because who sends is in the middle of something. */
  readonly onOverflow: (bytes: number) => void;
}

/** Where frames leave: a socket, or a waiting room until there is one. It holds a bounded number of bytes. */
export class FrameOutlet implements FrameSink {
  /** How many frames left so far. */
  framesSent = 0;
  private socket: Socket | null = null;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private isShut = false;

  constructor(private readonly options: OutletOptions) {}

  get hasRoom(): boolean {
    return this.socket !== null && !this.isShut && this.socket.bufferedAmount < roomBytes;
  }

  /** Bytes that wait to leave. */
  get byteLength(): number {
    return this.socket === null ? this.waitingBytes : this.socket.bufferedAmount;
  }

  /** Sends what waits, in order, and from now on sends at once. */
  open(socket: Socket): void {
    this.socket = socket;
    for (const frame of this.waiting) this.sendFrame(frame);
    this.waiting = [];
  }

  together(send: () => void): void {
    this.socket?.cork();
    send();
    this.socket?.uncork();
  }

  sendFrame(frame: Uint8Array, whenSent?: () => void): void {
    if (this.isShut) return;
    if (this.socket === null) this.keep(frame);
    else {
      this.framesSent += 1;
      this.socket.send(frame, whenSent);
      this.limit(this.socket.bufferedAmount);
    }
  }

  /** Tells if much waits; gives the connection up if more than may wait does. */
  limit(bytes: number): void {
    const { marks, onFilled, onOverflow } = this.options;
    if (this.isShut) return;
    if (bytes >= marks.highBytes) onFilled();
    if (bytes <= marks.maxBytes) return;
    this.shut();
    void Promise.resolve().then(() => {
      onOverflow(bytes);
    });
  }

  /** Drops what waits and whatever comes. */
  shut(): void {
    this.isShut = true;
    this.waiting = [];
  }

  private keep(frame: Uint8Array): void {
    this.waiting.push(frame);
    this.waitingBytes += frame.length;
    this.limit(this.waitingBytes);
  }
}
