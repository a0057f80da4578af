import { Buffer } from '#platform/buffer';
import { ShortTexts } from './short-texts';
import { decodeText } from './text-decoder';
import { hasWords, setWords, wordAt, wordBytes } from './words';

/** Texts of more bytes are not kept. */
export const longestKept = 32;
/** How many texts are kept: a power of two. */
const slotCount = 512;
/** What is left of a hash of 32 bits. */
const slotShift = 32 - Math.log2(slotCount);
const wordsPerText = longestKept / wordBytes;

/**
 * Decodes texts, and keeps the short ones that came last, to be found by their bytes: names of properties, types of
 * messages and pids come again and again, and making a string costs several times what recognizing it does. It is a
 * table of fixed size in which each text has one place, so it holds little, whatever comes. It is made when it is needed.
 */
export class TextCache {
  /** The place of the text that was decoded last: the same text has the same place. */
  slot = 0;
  private texts: string[] = [];
  /** How many bytes each text has, and which: as many words for each. */
  private lengths = new Uint8Array(0);
  private words = new Int32Array(0);
  /** The prefix in bytes, and room for a short text behind it. */
  private readonly prefixed: Buffer;
  private readonly shortTexts = new ShortTexts();

  /** @param prefix what stands before every text once it is decoded, and does not travel */
  constructor(readonly prefix: string) {
    this.prefixed = Buffer.concat([Buffer.from(prefix), Buffer.alloc(longestKept)]);
  }

  /**
   * The text of some bytes, no more than are kept, as a flat string of its own.
   * @param view of the bytes
   * @throws BadFrameError if they are not well-formed UTF-8
   */
  decode(bytes: Buffer, view: DataView, start: number, length: number): string {
    if (length === 0) return this.prefix;
    if (this.texts.length === 0) this.makeRoom();
    const slot = (this.slot = slotOf(view, start, length));
    const words = slot * wordsPerText;
    if (this.lengths[slot] === length && hasWords(this.words, words, view, start, length))
      return this.texts[slot] as string;
    const text = this.decodeShort(bytes, start, length);
    this.lengths[slot] = length;
    setWords(this.words, words, view, start, length);
    return (this.texts[slot] = text);
  }

  private makeRoom(): void {
    this.texts = Array<string>(slotCount).fill('');
    this.lengths = new Uint8Array(slotCount);
    this.words = new Int32Array(slotCount * wordsPerText);
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
function slotOf(view: DataView, start: number, length: number): number {
  const first = wordAt(view, start, length, 0);
  const middle = wordAt(view, start, length, length >> 1);
  const last = wordAt(view, start, length, length);
  return (
    Math.imul(Math.imul(first, 0x9e3779b1) ^ Math.imul(middle, 0x85ebca6b) ^ last, 0xc2b2ae35) >>> slotShift
  );
}
