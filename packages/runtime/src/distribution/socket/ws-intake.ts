import type { Socket as Stream } from 'node:net';
import { release } from '#platform/memory';
import { FrameHead } from './frame-head';

type Listener = (chunk: Buffer) => void;

/** What an intake is told of its socket. */
export interface IntakeOptions {
  /** Whether the other side masks what it sends, as a client must. */
  readonly masked: boolean;
  /** Longer messages are for `ws` to refuse. */
  readonly maxFrameBytes: number;
  /** Where the bytes of a message go that begins; `undefined`: anywhere. */
  readonly roomFor: (length: number) => Uint8Array | undefined;
  /** @param isPlaced whether it is where it was told to go */
  readonly onBinary: (message: Uint8Array, isPlaced: boolean) => void;
}

/**
 * Takes the binary messages of a WebSocket out of its stream before `ws` sees them, once it is told to; all else goes
 * on to `ws`. It allocates nothing that must be collected: `ws` makes a message of up to 64 KiB out of the pieces in
 * which it came, in memory of its own, and leaves both to the garbage collector.
 *
 * A message is the listener's while that is called, and no longer.
 */
export class WsIntake {
  private readonly head = new FrameHead();
  private readonly onward: readonly Listener[];
  private isOpen = false;
  private isOver = false;
  /** Whether `ws` is in the middle of a message of several frames. */
  private isWsInMessage = false;
  private willClose = false;
  /** Bytes of the present frame that have not come. */
  private left = 0;
  /** The present frame, if it is not for `ws`: its memory, once it has to be put together. */
  private isOurs = false;
  private message: Uint8Array | null = null;
  private isPlaced = false;

  constructor(
    private readonly stream: Stream,
    private readonly options: IntakeOptions,
  ) {
    this.onward = stream.listeners('data') as Listener[];
    for (const listener of this.onward) stream.off('data', listener);
    stream.on('data', this.read);
    // What waits to be read when the stream closes is handed to `ws`, by `ws`.
    stream.prependOnceListener('close', () => {
      const rest = stream.read() as Buffer | null;
      if (rest !== null) this.read(rest);
    });
  }

  /** From now on binary messages are not for `ws`. */
  open(): void {
    this.isOpen = true;
  }

  /** Takes nothing any more. */
  stop(): void {
    this.isOver = true;
  }

  private readonly read = (chunk: Buffer): void => {
    let isShared = false;
    let at = 0;
    while (at < chunk.length && !this.isOver) {
      if (this.left === 0) at = this.readHead(chunk, at);
      else {
        isShared ||= !this.isOurs;
        at = this.readPayload(chunk, at);
      }
    }
    if (!isShared) release(chunk);
  };

  private readHead(chunk: Buffer, from: number): number {
    const { head } = this;
    const at = head.take(chunk, from);
    if (!head.isWhole) return at;
    this.left = head.payloadLength;
    this.isOurs = this.isOpen && !this.isWsInMessage && this.mayBeOurs();
    this.willClose = head.isClose;
    this.isWsInMessage = head.leavesOpen(this.isWsInMessage);
    const bytes = head.finish();
    if (!this.isOurs) this.pass(Buffer.from(bytes.buffer));
    return at;
  }

  private mayBeOurs(): boolean {
    const { masked, maxFrameBytes } = this.options;
    return this.left > 0 && this.left <= maxFrameBytes && this.head.isPlainBinary(masked);
  }

  private readPayload(chunk: Buffer, from: number): number {
    const at = Math.min(from + this.left, chunk.length);
    const bytes = chunk.subarray(from, at);
    if (this.isOurs) this.gather(bytes);
    else {
      this.left -= bytes.length;
      this.pass(bytes);
    }
    return at;
  }

  private gather(bytes: Buffer): void {
    const { left, options } = this;
    const message = this.message ?? this.begin(left);
    this.left -= bytes.length;
    if (message === null && this.left === 0) {
      options.onBinary(bytes, false);
      return;
    }
    this.message = message ?? Buffer.allocUnsafeSlow(left);
    this.message.set(bytes, this.message.length - left);
    if (this.left === 0) this.finish(this.message);
  }

  private begin(length: number): Uint8Array | null {
    const room = this.options.roomFor(length);
    this.isPlaced = room !== undefined;
    return room ?? null;
  }

  private finish(message: Uint8Array): void {
    const { isPlaced } = this;
    this.message = null;
    this.options.onBinary(message, isPlaced);
    if (!isPlaced) release(message);
  }

  private pass(bytes: Buffer): void {
    for (const listener of this.onward) listener.call(this.stream, bytes);
    // Nothing that follows counts, and `ws` wants none of it.
    if (this.willClose && this.left === 0) this.isOver = true;
  }
}
