import { BadFrameError } from './bad-frame';
import { SignalDecoder, type SignalDecoderOptions } from './signal-decoder';
import type { WireSignal } from './wire-signal';

/** Decodes frames into signals. */
export class FrameReader {
  private readonly decoder: SignalDecoder;
  private readonly maxFrameBytes: number;
  private isClosed = false;

  constructor(options: SignalDecoderOptions) {
    this.decoder = new SignalDecoder(options);
    this.maxFrameBytes = options.limits.maxFrameBytes;
  }

  /**
   * Decodes a frame and hands on its signals in order, each before the next is decoded.
   * @throws BadFrameError if the bytes are no frame; the signals before the bad place have been handed on
   */
  read(frame: Uint8Array, onSignal: (signal: WireSignal) => void): void {
    const { length } = frame;
    if (length > this.maxFrameBytes)
      throw new BadFrameError(`${length} bytes (the limit is ${this.maxFrameBytes})`);
    const bytes = Buffer.isBuffer(frame) ? frame : Buffer.from(frame.buffer, frame.byteOffset, length);
    let position = 0;
    while (position < length && !this.isClosed) {
      const signal = this.decode(bytes, position);
      position = this.decoder.position;
      onSignal(signal);
    }
    this.decoder.leave();
  }

  /** Reads no further: what is left of the frame that is being read is dropped. */
  close(): void {
    this.isClosed = true;
  }

  private decode(bytes: Buffer, position: number): WireSignal {
    try {
      return this.decoder.decode(bytes, position);
    } catch (thrown) {
      if (thrown instanceof BadFrameError) throw thrown;
      throw new BadFrameError(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
    }
  }
}
