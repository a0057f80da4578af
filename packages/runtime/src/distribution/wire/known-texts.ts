import { Buffer } from '#platform/buffer';
import { KnownBytes } from './known-bytes';
import { major } from './wire-tags';

/** Texts of more characters are not known. */
const longest = 23;
/** How many texts are known: a power of two. */
const slotCount = 512;

/** After so many new ones all texts are forgotten. */
const mostTexts = 4 * slotCount;
const noBytes = new KnownBytes(new Uint8Array(0));

/** A text as it travels. */
class KnownText {
  /** The one that came behind it last time. */
  next: KnownText | null = null;

  constructor(
    readonly text: string,
    readonly item: KnownBytes,
  ) {}
}

/**
 * Texts that are sent again and again, as they travel: the keys of objects. They come in the same order, mostly, so that
 * the next one is known before it is looked for. It is a table of fixed size in which each text has one place; and as texts
 * know of others, all are forgotten from time to time. So it holds little, whatever comes.
 */
export class KnownTexts {
  /** Both tables are made when they are needed. */
  private texts: (KnownText | null)[] = [];
  /** What had no place when it came last: it gets one if it comes once more. */
  private candidates: string[] = [];
  private last = new KnownText('', noBytes);
  private learnt = mostTexts;

  /** The bytes of a text; `null` if it comes too seldom, is long or is not ASCII. */
  itemOf(text: string): KnownBytes | null {
    const { next } = this.last;
    const known = next !== null && next.text === text ? next : this.find(text);
    if (known === null) return null;
    this.last = known;
    return known.item;
  }

  private find(text: string): KnownText | null {
    const { length } = text;
    if (length === 0 || length > longest) return null;
    if (this.learnt === mostTexts) this.beginAnew();
    const ends =
      text.charCodeAt(0) * 31 + text.charCodeAt(length >> 1) * 131 + text.charCodeAt(length - 1) * 17;
    const slot = (ends + length * 7) & (slotCount - 1);
    const known = this.texts[slot] as KnownText | null;
    const found = known !== null && known.text === text ? known : this.learn(text, slot);
    if (found !== null) this.last.next = found;
    return found;
  }

  private beginAnew(): void {
    this.texts = new Array<KnownText | null>(slotCount).fill(null);
    this.candidates = new Array<string>(slotCount).fill('');
    this.last = new KnownText('', noBytes);
    this.learnt = 0;
  }

  private learn(text: string, slot: number): KnownText | null {
    const isCandidate = this.candidates[slot] === text;
    this.candidates[slot] = text;
    const bytes = isCandidate ? Buffer.from(`\0${text}`) : null;
    if (bytes?.length !== text.length + 1) return null;
    this.learnt += 1;
    bytes[0] = (major.text << 5) | text.length;
    return (this.texts[slot] = new KnownText(text, new KnownBytes(bytes)));
  }
}
