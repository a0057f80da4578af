import { Buffer } from '#platform/buffer';
import { release } from '#platform/memory';
import { BadFrameError } from './bad-frame';
import { longestFrameBytes } from './limits';
import { SignalDecoder, type SignalDecoderOptions } from './signal-decoder';
import type { WireSignal } from './wire-signal';

/** Decodes frames into signals. */
export class FrameReader {
  private readonly decoder: SignalDecoder;
  private readonly maxSignalBytes: number;
  private isClosed = false;

  constructor(options: SignalDecoderOptions) {
    this.decoder = new SignalDecoder(options);
    this.maxSignalBytes = options.limits.maxFrameBytes;
  }

  /**
   * Decodes a frame and hands on its signals in order, each before the next is decoded.
   * @throws BadFrameError if the bytes are no frame; the signals before the bad place have been handed on
   */
  read(frame: Uint8Array, onSignal: (signal: WireSignal) => void): void {
    const { length } = frame;
    if (length > longestFrameBytes)
      throw new BadFrameError(`${length} bytes (the limit is ${longestFrameBytes})`);
    const bytes = Buffer.isBuffer(frame) ? frame : Buffer.from(frame.buffer, frame.byteOffset, length);
    let position = 0;
    while (position < length && !this.isClosed) {
      const signal = this.decode(bytes, position);
      if (this.decoder.position - position > this.maxSignalBytes) throw tooLong(this.maxSignalBytes);
      position = this.decoder.position;
      onSignal(signal);
    }
    this.decoder.leave();
  }

  /**
   * Decodes a signal that came in fragments, in memory of its own: what no value of it shares is given back.
   * @throws BadFrameError if the bytes are not exactly one signal of a process
   */
  readWhole(bytes: Buffer<ArrayBuffer>): WireSignal {
    const signal = this.decode(bytes, 0, true);
    const { position, isUnshared } = this.decoder;
    const { length } = bytes;
    this.decoder.leave();
    if (isUnshared) release(bytes);
    if (position !== length) throw new BadFrameError('more than one signal in fragments');
    if (signal.kind === 'fragment') throw new BadFrameError('a fragment in fragments');
    return signal;
  }

  /** Reads no further: what is left of the frame that is being read is dropped. */
  close(): void {
    this.isClosed = true;
  }

  private decode(bytes: Buffer, position: number, isGiven = false): WireSignal {
    try {
      return this.decoder.decode(bytes, position, isGiven);
    } catch (thrown) {
      if (thrown instanceof BadFrameError) throw thrown;
      throw new BadFrameError(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
    }
  }
}

function tooLong(limit: number): BadFrameError {
  return new BadFrameError(`a signal of more than ${limit} bytes`);
}
