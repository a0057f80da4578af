import { Buffer } from '#platform/buffer';
import { BadFrameError } from './bad-frame';
import type { Fragment } from './wire-signal';

/** How many signals of one node may be unfinished at a time, and how often the longest signal they may hold together. */
export const maxUnfinished = 8;
export const unfinishedFrames = 2;

/** A signal of which not all has come. */
interface Unfinished {
  readonly id: number;
  readonly bytes: Buffer<ArrayBuffer>;
  /** Up to where it has come. */
  length: number;
}

/**
 * Puts the fragments of one peer together. What it holds is bounded, whatever comes: room is made for a signal when it
 * begins, and only within the limits, which every sender keeps to.
 */
export class UnfinishedSignals {
  private readonly signals = new Map<number, Unfinished>();
  private total = 0;
  /** The fragment that the next frame is. */
  private expected: Fragment | null = null;

  /** @param maxFrameBytes bytes of the longest signal */
  constructor(private readonly maxFrameBytes: number) {}

  /** Bytes of memory it holds. */
  get byteLength(): number {
    return this.total;
  }

  /** Whether the next frame is a fragment. */
  get isExpecting(): boolean {
    return this.expected !== null;
  }

  /**
   * A fragment is announced: it is the next frame.
   * @throws BadFrameError if no node would announce it
   */
  expect(fragment: Fragment): void {
    const { id, left, length } = fragment;
    if (length === 0) throw new BadFrameError('an empty fragment');
    if (this.expected !== null) throw new BadFrameError('a fragment announced before another has come');
    const signal = this.signals.get(id);
    if (signal === undefined) this.begin(id, length + left);
    else if (signal.length + length + left !== signal.bytes.length) {
      throw new BadFrameError('a fragment that does not fit');
    }
    this.expected = fragment;
  }

  /** Where the bytes of the next frame belong, if it is a fragment: they need not be copied once they are there. */
  readonly roomFor = (length: number): Uint8Array | undefined => {
    const { expected } = this;
    if (expected === null || expected.length !== length) return undefined;
    const signal = this.signals.get(expected.id) as Unfinished;
    return signal.bytes.subarray(signal.length, signal.length + length);
  };

  /**
   * Takes the frame that was announced.
   * @returns the whole signal, if this was its last fragment
   * @throws BadFrameError if it is not what was announced
   */
  take(frame: Uint8Array): Buffer<ArrayBuffer> | undefined {
    const { id, left, length } = this.expected as Fragment;
    if (frame.length !== length) throw new BadFrameError('a fragment of another length than announced');
    this.expected = null;
    const signal = this.signals.get(id) as Unfinished;
    if (frame.buffer !== signal.bytes.buffer) signal.bytes.set(frame, signal.length);
    signal.length += length;
    return left === 0 ? this.finish(signal) : undefined;
  }

  /** Forgets what is not finished: the rest cannot come any more. */
  clear(): void {
    this.signals.clear();
    this.total = 0;
    this.expected = null;
  }

  private begin(id: number, length: number): void {
    if (length > this.maxFrameBytes) {
      throw new BadFrameError(`a signal of ${length} bytes (the limit is ${this.maxFrameBytes})`);
    }
    if (this.signals.size >= maxUnfinished || this.total + length > unfinishedFrames * this.maxFrameBytes) {
      throw new BadFrameError('too much in fragments at a time');
    }
    // Not filled with zeros: the memory is taken from the operating system as it is written to, not before.
    this.signals.set(id, { id, bytes: Buffer.allocUnsafeSlow(length), length: 0 });
    this.total += length;
  }

  private finish({ id, bytes }: Unfinished): Buffer<ArrayBuffer> {
    this.signals.delete(id);
    this.total -= bytes.length;
    return bytes;
  }
}
