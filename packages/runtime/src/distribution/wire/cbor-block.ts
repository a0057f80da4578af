import { Buffer, writeText } from '#platform/buffer';
import { release } from '#platform/memory';
import { SpareMemory } from './spare-memory';
import { major } from './wire-tags';

/** The size of a block that frames are cut from: a frame of 64 KiB, and the signal that makes it full. */
const blockBytes = 72 * 1024;
/** The size of the first block: most connections say little, and there may be many. */
const firstBlockBytes = 4 * 1024;
/** A larger block is not kept when all of it is cut. */
const keptBytes = 1024 * 1024;
/** Room behind a long item for the short ones that follow. */
const slack = 64;
/** Up to here a loop over an ASCII string is faster than asking Node to write it. */
const shortText = 24;
/** Up to here an ASCII string is written in the hope that it is one, which is not looked at before. */
const mediumText = 255;

/** Strings know whether they are well-formed; TypeScript learns of it in ES2024. */
interface MaybeWellFormed {
  isWellFormed(): boolean;
}

/** Tells whether UTF-8 carries a string, and every decoder gives it back as it was. */
export function isPlainText(text: string): boolean {
  return text.charCodeAt(0) !== 0xfeff && (text as unknown as MaybeWellFormed).isWellFormed();
}

/**
 * Bytes of CBOR that grow at the end and are cut off at the front. What was cut is never written to again: a block is
 * used up, from one frame to the next, and then left to those who hold its frames, until it is given back.
 */
export class CborBlock {
  private bytes: Buffer<ArrayBuffer> = Buffer.alloc(0);
  private start = 0;
  private end = 0;
  private readonly spare = new SpareMemory();

  /** @param onLeft is told of a block of which something was cut, and nothing will be any more */
  constructor(private readonly onLeft: ((block: ArrayBuffer) => void) | null = null) {}

  /** How many bytes wait to be cut. */
  get length(): number {
    return this.end - this.start;
  }

  /** Takes back everything behind the first `length` bytes. */
  truncate(length: number): void {
    this.end = this.start + length;
  }

  /** Cuts off the first `length` bytes. */
  cut(length: number): Uint8Array<ArrayBuffer> {
    const frame = this.bytes.subarray(this.start, this.start + length);
    this.start += length;
    return frame;
  }

  /** All was cut: a block that is too large to be kept is left. */
  leaveLarge(): void {
    if (this.length > 0 || this.bytes.length <= keptBytes) return;
    this.leave();
    this.bytes = Buffer.alloc(0);
    this.start = this.end = 0;
  }

  /** Nobody reads what was cut of a block that was left: its memory may be used again. */
  giveBack(block: ArrayBuffer): void {
    if (block.byteLength >= blockBytes) this.spare.add(block);
    else release(new Uint8Array(block));
  }

  /** Takes the last `length` bytes out again, as a copy. */
  takeBack(length: number): Uint8Array<ArrayBuffer> {
    const bytes = Buffer.from(this.bytes.subarray(this.end - length, this.end));
    this.end -= length;
    return bytes;
  }

  /** The head of an item: its kind, and its value, length or tag. */
  head(kind: number, value: number): void {
    if (this.end + 5 > this.bytes.length) this.grow(5);
    const { bytes, end } = this;
    const high = kind << 5;
    if (value < 24) {
      bytes[end] = high | value;
      this.end = end + 1;
    } else if (value < 0x100) {
      bytes[end] = high | 24;
      bytes[end + 1] = value;
      this.end = end + 2;
    } else if (value < 0x1_0000) {
      bytes[end] = high | 25;
      bytes[end + 1] = value >>> 8;
      bytes[end + 2] = value;
      this.end = end + 3;
    } else {
      bytes[end] = high | 26;
      bytes[end + 1] = value >>> 24;
      bytes[end + 2] = value >>> 16;
      bytes[end + 3] = value >>> 8;
      bytes[end + 4] = value;
      this.end = end + 5;
    }
  }

  /** One byte: a simple value. */
  byte(value: number): void {
    if (this.end === this.bytes.length) this.grow(1);
    this.bytes[this.end++] = value;
  }

  float(value: number): void {
    this.byte((major.simple << 5) | 27);
    if (this.end + 8 > this.bytes.length) this.grow(8);
    this.end = this.bytes.writeDoubleBE(value, this.end);
  }

  /** An integer of 64 bits: `value` of the given kind (a negative one holds -1 - value). */
  long(kind: number, value: bigint): void {
    this.byte((kind << 5) | 27);
    if (this.end + 8 > this.bytes.length) this.grow(8);
    this.end = this.bytes.writeBigUInt64BE(value, this.end);
  }

  /**
   * A text of ASCII, from one of its characters on.
   * @returns false, having written nothing, if it is too long or not ASCII
   */
  shortAscii(text: string, from = 0): boolean {
    const length = text.length - from;
    if (length >= shortText) return from === 0 && this.mediumAscii(text);
    if (this.end + length + 2 > this.bytes.length) this.grow(length + 2);
    const { bytes } = this;
    let at = this.end;
    bytes[at++] = (major.text << 5) | length;
    for (let i = from; i < text.length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return false;
      bytes[at++] = unit;
    }
    this.end = at;
    return true;
  }

  private mediumAscii(text: string): boolean {
    const { length } = text;
    if (length > mediumText) return false;
    // Room for whatever the characters are: as many bytes as characters are ASCII only if none was left out.
    if (this.end + 3 * length + 2 > this.bytes.length) this.grow(3 * length + 2);
    const { bytes, end } = this;
    if (writeText(bytes, text, end + 2) !== length) return false;
    bytes[end] = (major.text << 5) | 24;
    bytes[end + 1] = length;
    this.end = end + 2 + length;
    return true;
  }

  /**
   * Items that are all ASCII, heads and all.
   * @returns false, having written nothing, if they are not
   */
  ascii(items: string): boolean {
    const { length } = items;
    // Room for whatever the characters are, as above.
    if (this.end + 3 * length > this.bytes.length) this.grow(3 * length);
    if (writeText(this.bytes, items, this.end) !== length) return false;
    this.end += length;
    return true;
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    this.head(major.text, length);
    if (this.end + length > this.bytes.length) this.grow(length);
    this.end += this.bytes.write(text, this.end);
  }

  /** A byte string. */
  binary(data: Uint8Array): void {
    this.head(major.bytes, data.length);
    this.raw(data);
  }

  /** Bytes that are CBOR. */
  raw(data: Uint8Array): void {
    if (this.end + data.length > this.bytes.length) this.grow(data.length);
    this.bytes.set(data, this.end);
    this.end += data.length;
  }

  /** Makes room behind what waits; it moves to a new block, for a frame is one piece. */
  private grow(more: number): void {
    const waiting = this.length;
    const size = this.sizeFor(waiting, waiting + more + slack);
    const bytes = size >= blockBytes ? this.spare.take(size) : Buffer.allocUnsafeSlow(size);
    this.bytes.copy(bytes, 0, this.start, this.end);
    this.leave();
    this.bytes = bytes;
    this.start = 0;
    this.end = waiting;
  }

  /** The size of the block to which what waits moves, if so much must fit. */
  private sizeFor(waiting: number, needed: number): number {
    if (needed <= firstBlockBytes && this.bytes.length === 0) return firstBlockBytes;
    if (needed <= blockBytes) return blockBytes;
    // Twice what waits, so that it moves seldom; not twice what comes, which may be all there will be.
    return Math.max(2 * waiting, needed);
  }

  private leave(): void {
    if (this.start > 0) this.onLeft?.(this.bytes.buffer);
    else this.giveBack(this.bytes.buffer);
  }
}
