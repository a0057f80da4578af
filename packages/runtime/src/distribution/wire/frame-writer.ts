import { UnsendableError } from '../../terms/errors';
import { CborBlock } from './cbor-block';
import type { Limits } from './limits';
import type { WireEnds } from './short-pid';
import { SignalEncoder } from './signal-encoder';
import type { WireSignal } from './wire-signal';

/** Encodes signals as they are sent, one behind the other: everything one event-loop turn sends travels in one frame. */
export class FrameWriter {
  private readonly block = new CborBlock();
  private readonly encoder: SignalEncoder;
  private appending = false;

  constructor(limits: Limits, ends: WireEnds) {
    this.encoder = new SignalEncoder(this.block, limits, ends);
  }

  /**
   * Encodes a signal behind those that wait.
   * @returns how many bytes it takes
   * @throws UnsendableError if it holds a value that cannot travel: nothing was appended
   */
  append(signal: WireSignal): number {
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
    return this.block.length - before;
  }

  /** The bytes that wait to be taken. */
  get byteLength(): number {
    return this.block.length;
  }

  /** The first `length` bytes that wait, or all. They are the caller's, until they are given back. */
  take(length = this.block.length): Uint8Array<ArrayBuffer> {
    return this.block.cut(length);
  }

  /** Everything that was taken has been sent; the memory of this part may be used again. */
  giveBack(taken: Uint8Array<ArrayBuffer>): void {
    this.block.reuse(taken);
  }

  /** The last `length` bytes that wait, as a copy. */
  takeBack(length: number): Uint8Array<ArrayBuffer> {
    return this.block.takeBack(length);
  }
}
