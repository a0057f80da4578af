import { UnsendableError } from '../../terms/errors';
import { CborBlock } from './cbor-block';
import type { Limits } from './limits';
import type { WireEnds } from './short-pid';
import { SignalEncoder } from './signal-encoder';
import type { WireSignal } from './wire-signal';

/** Encodes signals as they are sent into frames: everything one event-loop turn sends travels in one. */
export class FrameWriter {
  private readonly block = new CborBlock();
  private readonly encoder: SignalEncoder;
  /** The lengths of the frames that are full, at the front of the block. */
  private readonly full: number[] = [];
  private fullBytes = 0;
  private appending = false;

  constructor(
    private readonly limits: Limits,
    ends: WireEnds,
  ) {
    this.encoder = new SignalEncoder(this.block, limits, ends);
  }

  /**
   * Encodes a signal behind those that wait.
   * @throws UnsendableError if it holds a value that cannot travel: nothing was appended
   */
  append(signal: WireSignal): void {
    // A getter of the user's that sends would write into the midst of what is being written.
    if (this.appending) throw new UnsendableError('message', 'what a getter sends while it is read');
    const before = this.block.length;
    this.appending = true;
    try {
      this.encoder.encode(signal);
    } catch (error) {
      this.block.truncate(before);
      throw error;
    } finally {
      this.appending = false;
    }
    if (this.block.length - this.fullBytes > this.limits.maxFrameBytes) this.seal(before - this.fullBytes);
  }

  /** The bytes that wait to be taken. */
  get byteLength(): number {
    return this.block.length;
  }

  /**
   * Everything appended since the last take, as one frame. If that is more than `maxFrameBytes` it takes several
   * frames of whole signals: take until `byteLength` is 0. The bytes are the caller's, they are never overwritten.
   */
  take(): Uint8Array {
    const length = this.full.shift();
    if (length === undefined) return this.block.cut(this.block.length);
    this.fullBytes -= length;
    return this.block.cut(length);
  }

  private seal(length: number): void {
    if (length === 0) return;
    this.full.push(length);
    this.fullBytes += length;
  }
}
