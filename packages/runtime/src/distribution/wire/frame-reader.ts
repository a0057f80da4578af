import { Decoder } from 'cbor-x';
import type { From, FromIdentity } from '../../terms/from';
import { ArrivedValue } from './arrived-value';
import { BadFrameError } from './bad-frame';
import { FrameInspection } from './frame-inspection';
import type { Limits } from './limits';
import type { WireEnds } from './short-pid';
import { SignalShapes } from './signal-shapes';
import type { WireSignal } from './wire-signal';

/** What a reader of frames needs to know. */
export interface FrameReaderOptions {
  readonly limits: Limits;
  readonly ends: WireEnds;
  /** Makes the caller of a call that can be answered from here. */
  readonly portOf: (identity: FromIdentity) => From;
}

/**
 * How many bytes are decoded before their signals are handed on. A frame of small signals takes many times its size
 * once decoded; and no signal is handed on in the midst of decoding, whose state all readers of a program share.
 */
const batchBytes = 16 * 1024;

/** Decodes frames into signals. */
export class FrameReader {
  // Copies, because a small value that is kept must not keep the whole frame.
  private readonly decoder = new Decoder({ useRecords: false, mapsAsObjects: true, copyBuffers: true });
  private readonly inspection: FrameInspection;
  private readonly arrived: ArrivedValue;
  private readonly shapes: SignalShapes;

  constructor(private readonly options: FrameReaderOptions) {
    this.inspection = new FrameInspection(options.limits);
    this.arrived = new ArrivedValue(options.portOf);
    this.shapes = new SignalShapes(options.ends);
  }

  /**
   * Decodes a frame and hands on its signals in order.
   * @throws BadFrameError if the bytes are no frame; signals before the bad place may have been handed on
   */
  read(frame: Uint8Array, onSignal: (signal: WireSignal) => void): void {
    const { maxFrameBytes } = this.options.limits;
    if (frame.length > maxFrameBytes) {
      throw new BadFrameError(`${frame.length} bytes (the limit is ${maxFrameBytes})`);
    }
    const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
    let start = 0;
    while (start < bytes.length) {
      const end = this.inspection.inspect(bytes, start, batchBytes);
      const signals = this.decode(bytes.subarray(start, end), this.inspection.hasWireTags);
      for (const signal of signals) onSignal(this.shapes.signalOf(signal));
      start = end;
    }
  }

  private decode(bytes: Buffer, hasWireTags: boolean): unknown[][] {
    try {
      const signals = this.decoder.decodeMultiple(bytes) as unknown[][];
      if (hasWireTags) this.arrived.of(signals);
      return signals;
    } catch (thrown) {
      if (thrown instanceof BadFrameError) throw thrown;
      throw new BadFrameError(thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
    }
  }
}
