import { UnsendableError } from '../../terms/errors';
import { CborBlock } from './cbor-block';
import { LentMemory } from './lent-memory';
import type { Limits } from './limits';
import type { WireEnds } from './short-pid';
import { SignalEncoder } from './signal-encoder';
import type { WireSignal } from './wire-signal';

/** Encodes signals as they are sent, one behind the other: everything one event-loop turn sends travels in one frame. */
export class FrameWriter {
  private readonly block = new CborBlock((left) => {
    this.lent.leave(left);
  });
  private readonly lent = new LentMemory();
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

  /** The first `length` bytes that wait, or all, to be sent at once. */
  take(length = this.block.length): Uint8Array<ArrayBuffer> {
    const frame = this.block.cut(length);
    this.block.leaveLarge();
    return frame;
  }

  /** All bytes that wait, to be sent later: they are to be given back. */
  lend(): Uint8Array<ArrayBuffer> {
    const bytes = this.block.cut(this.block.length);
    this.lent.lend(bytes.buffer);
    this.block.leaveLarge();
    return bytes;
  }

  /** The bytes that were lent are about to be sent, the last of them. */
  giveBack({ buffer }: Uint8Array<ArrayBuffer>): void {
    this.lent.giveBack(buffer);
  }

  /**
   * What is to be called when all that was taken or given back so far, and what is sent next, has left: there is memory
   * that may be used again then. `undefined` if there is none.
   */
  whenSent(): (() => void) | undefined {
    const blocks = this.lent.takeFree();
    if (blocks === undefined) return undefined;
    return () => {
      for (const block of blocks) this.block.giveBack(block);
    };
  }

  /** Nothing is sent any more. */
  forget(): void {
    this.lent.clear();
  }

  /** The last `length` bytes that wait, as a copy. */
  takeBack(length: number): Uint8Array<ArrayBuffer> {
    return this.block.takeBack(length);
  }
}
