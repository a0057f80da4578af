import { Buffer } from '#platform/buffer';
import { ShortTexts } from './short-texts';
import { decodeText } from './text-decoder';

/** Texts of more bytes are not kept. */
export const longestKept = 32;
/** How many texts are kept: a power of two. */
const slotCount = 512;

/**
 * Decodes texts, and keeps the short ones that came last, to be found by their bytes: names of properties, types of
 * messages and pids come again and again, and making a string costs several times what recognizing it does. It is a
 * table of fixed size in which each text has one place, so it holds little, whatever comes.
 */
export class TextCache {
  private readonly texts: string[] = Array<string>(slotCount).fill('');
  /** The prefix in bytes, and room for a short text behind it. */
  private readonly prefixed: Buffer;
  private readonly shortTexts = new ShortTexts();

  /** @param prefix what stands before every text once it is decoded, and does not travel */
  constructor(readonly prefix: string) {
    this.prefixed = Buffer.concat([Buffer.from(prefix), Buffer.alloc(longestKept)]);
  }

  /**
   * The text of some bytes, no more than are kept, as a flat string of its own.
   * @throws BadFrameError if they are not well-formed UTF-8
   */
  decode(bytes: Buffer, start: number, length: number): string {
    if (length === 0) return this.prefix;
    const slot = slotOf(bytes, start, length);
    const known = this.texts[slot] as string;
    if (this.isText(known, bytes, start, length)) return known;
    return (this.texts[slot] = this.decodeShort(bytes, start, length));
  }

  /** ASCII is equal byte for byte; other texts never are, and are decoded each time. */
  private isText(known: string, bytes: Buffer, start: number, length: number): boolean {
    const skipped = this.prefix.length;
    if (known.length !== skipped + length) return false;
    for (let i = 0; i < length; i += 1) {
      const byte = bytes[start + i] as number;
      if (byte !== known.charCodeAt(skipped + i) || byte > 0x7f) return false;
    }
    return true;
  }

  /** The prefix is put before the bytes: put before the string it would make a string of two pieces. */
  private decodeShort(bytes: Buffer, start: number, length: number): string {
    if (this.prefix === '')
      return this.shortTexts.decode(bytes, start, length) ?? decodeText(bytes, start, start + length);
    const { prefixed } = this;
    const end = prefixed.length - longestKept;
    for (let i = 0; i < length; i += 1) prefixed[end + i] = bytes[start + i] as number;
    return decodeText(prefixed, 0, end + length);
  }
}

/** Where a text is kept: what tells short texts apart are their ends, and sometimes their middle. */
function slotOf(bytes: Buffer, start: number, length: number): number {
  const first = bytes[start] as number;
  const middle = bytes[start + (length >> 1)] as number;
  const last = bytes[start + length - 1] as number;
  return (first * 31 + middle * 131 + last * 17 + length * 7) & (slotCount - 1);
}
