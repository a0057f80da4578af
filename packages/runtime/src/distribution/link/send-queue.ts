import type { FrameWriter } from '../wire/frame-writer';
import type { WireSignal } from '../wire/wire-signal';

/** A frame is sent when it is this long, though the turn is not over: the other node can begin to read. */
const frameBytes = 64 * 1024;

/** Where frames go. */
export interface FrameSink {
  /** Takes a frame; the bytes are never changed again. */
  sendFrame(frame: Uint8Array): void;
}

/**
 * Gathers the signals of one turn of the event loop into one frame. A frame for each signal would cost ten times as
 * much: it is the number of frames that limits a connection. Signals are encoded as they are sent, so that a message
 * that changes afterwards, or cannot travel, is its sender's to deal with.
 */
export class SendQueue {
  private armed = false;
  private readonly resolved = Promise.resolve();

  constructor(
    private readonly writer: FrameWriter,
    private readonly sink: FrameSink,
  ) {}

  /** @throws UnsendableError if the signal holds a value that cannot travel: nothing was queued */
  push(signal: WireSignal): void {
    this.writer.append(signal);
    if (this.writer.byteLength >= frameBytes) this.flush();
    else if (!this.armed) this.arm();
  }

  /** Sends what waits. */
  readonly flush = (): void => {
    this.armed = false;
    while (this.writer.byteLength > 0) this.sink.sendFrame(this.writer.take());
  };

  private arm(): void {
    this.armed = true;
    void this.resolved.then(this.flush);
  }
}
