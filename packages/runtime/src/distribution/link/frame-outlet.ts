import type { FrameSink } from './send-queue';
import type { Socket } from './transport';

/** Where frames leave: a socket, or a waiting room until there is one. It holds a bounded number of bytes. */
export class FrameOutlet implements FrameSink {
  /** How many frames left so far. */
  framesSent = 0;
  private socket: Socket | null = null;
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private isShut = false;

  /** @param onOverflow called in a later turn, because who sends is in the middle of something */
  constructor(
    private readonly maxQueuedBytes: number,
    private readonly onOverflow: (bytes: number) => void,
  ) {}

  /** Sends what waits, in order, and from now on sends at once. */
  open(socket: Socket): void {
    this.socket = socket;
    for (const frame of this.waiting) this.sendFrame(frame);
    this.waiting = [];
  }

  sendFrame(frame: Uint8Array): void {
    if (this.isShut) return;
    if (this.socket === null) this.keep(frame);
    else {
      this.framesSent += 1;
      this.socket.send(frame);
      if (this.socket.bufferedAmount > this.maxQueuedBytes) this.overflow(this.socket.bufferedAmount);
    }
  }

  /** Drops what waits and whatever comes. */
  shut(): void {
    this.isShut = true;
    this.waiting = [];
  }

  private keep(frame: Uint8Array): void {
    this.waiting.push(frame);
    this.waitingBytes += frame.length;
    if (this.waitingBytes > this.maxQueuedBytes) this.overflow(this.waitingBytes);
  }

  private overflow(bytes: number): void {
    this.shut();
    void Promise.resolve().then(() => {
      this.onOverflow(bytes);
    });
  }
}
