import { asciiText, Buffer } from '#platform/buffer';
import { handedOut } from '#platform/young-memory';
import { BadFrameError } from './bad-frame';
import type { KnownBytes } from './known-bytes';
import { decodeText } from './text-decoder';

/** The frame of a cursor that is in none. */
export const noBytes = Buffer.alloc(0);

/** Up to here it is quicker to look whether a text is ASCII than to read it as UTF-8, and look whether it was. */
const shortText = 192;
/** Memory of less comes and goes with the objects that hold it. */
const largeBytes = 4 * 1024;
/** The highest bits of four bytes: those of ASCII have none. */
const highBits = 0x80808080;

/** The place in a frame up to which it is decoded. Nothing is read beyond its end. */
export class FrameCursor {
  bytes: Buffer = noBytes;
  position = 0;
  /** Whether a value may share the memory of the bytes, which is for the signal alone; not any more if one does. */
  isGiven = false;
  private viewOfBytes: DataView | null = null;

  /** Goes to a place in a frame. */
  seek(bytes: Buffer, position: number, isGiven = false): void {
    this.isGiven = isGiven;
    if (bytes !== this.bytes) this.viewOfBytes = null;
    this.bytes = bytes;
    this.position = position;
  }

  /** Reads four bytes of the frame at a time; made when it is needed. */
  get view(): DataView {
    return (this.viewOfBytes ??= viewOf(this.bytes));
  }

  /** How many bytes are left. */
  get left(): number {
    return this.bytes.length - this.position;
  }

  /** The first byte of the next item: its kind, and its argument or the size of that. */
  head(): number {
    if (this.position >= this.bytes.length) throw endsTooEarly();
    return this.bytes[this.position++] as number;
  }

  /** The next byte, which what follows reads. */
  peek(): number {
    if (this.position >= this.bytes.length) throw endsTooEarly();
    return this.bytes[this.position] as number;
  }

  /** The number in an item's head that takes no 64 bits: its value, its length or its tag. */
  argument(head: number): number {
    const info = head & 31;
    return info < 24 ? info : this.longArgument(info);
  }

  /**
   * Reads the head of an item that must be of one kind.
   * @returns its argument
   */
  expect(kind: number): number {
    const head = this.head();
    if (head >> 5 !== kind) throw new BadFrameError('an item of the wrong kind');
    return this.argument(head);
  }

  /**
   * Passes over bytes.
   * @returns where they start
   */
  skip(length: number): number {
    const { position } = this;
    if (length > this.bytes.length - position) throw endsTooEarly();
    this.position = position + length;
    return position;
  }

  /** Passes over bytes if they come next. */
  skipIf(bytes: KnownBytes): boolean {
    if (bytes.length > this.left || !bytes.isAt(this.view, this.position)) return false;
    this.position += bytes.length;
    return true;
  }

  /**
   * Bytes, in memory of their own unless they are most of memory that was given: to copy the large ones would take as
   * long as to send them.
   */
  mostBytes(length: number): Buffer<ArrayBuffer> {
    if (!this.isGiven || 2 * length < this.bytes.length) return this.binary(length);
    const start = this.skip(length);
    // It is most of the memory, so there is no second one.
    this.isGiven = false;
    handedOut(this.bytes.length);
    return this.bytes.subarray(start, start + length) as Buffer<ArrayBuffer>;
  }

  /** Bytes, in memory of their own: a small value that is kept must not keep the whole frame. */
  binary(length: number): Buffer<ArrayBuffer> {
    const start = this.skip(length);
    if (length >= largeBytes) handedOut(length);
    const copy = Buffer.allocUnsafeSlow(length);
    this.bytes.copy(copy, 0, start, start + length);
    return copy;
  }

  /**
   * The text of so many bytes, as a flat string of its own.
   * @throws BadFrameError if they are not well-formed UTF-8
   */
  text(length: number): string {
    const start = this.skip(length);
    const end = start + length;
    return length <= shortText && this.isAscii(start, end)
      ? asciiText(this.bytes, start, end)
      : decodeText(this.bytes, start, end);
  }

  float32(): number {
    return this.bytes.readFloatBE(this.skip(4));
  }

  float64(): number {
    return this.bytes.readDoubleBE(this.skip(8));
  }

  /** The 64 bits behind an item's head. */
  long(): bigint {
    return this.bytes.readBigUInt64BE(this.skip(8));
  }

  private isAscii(start: number, end: number): boolean {
    const { view } = this;
    let bits = 0;
    let at = start;
    for (; at + 4 <= end; at += 4) bits |= view.getInt32(at, true);
    for (; at < end; at += 1) bits |= view.getUint8(at);
    return (bits & highBits) === 0;
  }

  private longArgument(info: number): number {
    if (info > 27) throw new BadFrameError('an item of indefinite length');
    if (info === 27) throw new BadFrameError('a length of 64 bits');
    const at = this.skip(1 << (info - 24));
    const { bytes } = this;
    if (info === 24) return bytes[at] as number;
    const high = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    if (info === 25) return high;
    return high * 0x1_0000 + (((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** What a frame that was cut short is refused with. */
export function endsTooEarly(): BadFrameError {
  return new BadFrameError('it ends too early');
}
