/**
 * Bob Jenkins' hash of 1996 (`lookup2`), as Erlang uses it under `phash2`: twelve bytes, three words, are added to
 * three registers and stirred; the third register is the hash. All numbers are int32, which V8 keeps unboxed.
 */
class Registers {
  private a: number;
  private b: number;

  constructor(
    start: number,
    private hash: number,
  ) {
    this.a = start;
    this.b = start;
  }

  /** Adds three words and stirs; returns the hash so far. */
  absorb(x: number, y: number, z: number): number {
    let a = (this.a + x) | 0;
    let b = (this.b + y) | 0;
    let c = (this.hash + z) | 0;
    a = (a - b - c) ^ (c >>> 13);
    b = (b - c - a) ^ (a << 8);
    c = (c - a - b) ^ (b >>> 13);
    a = (a - b - c) ^ (c >>> 12);
    b = (b - c - a) ^ (a << 16);
    c = (c - a - b) ^ (b >>> 5);
    a = (a - b - c) ^ (c >>> 3);
    b = (b - c - a) ^ (a << 10);
    c = (c - a - b) ^ (b >>> 15);
    this.a = a;
    this.b = b;
    this.hash = c;
    return c;
  }
}

/** The characters of a text, four at a time, as little-endian words; and whether they were ASCII. */
class AsciiWords {
  /** The bits of all characters that were read. */
  private bits = 0;

  constructor(private readonly text: string) {}

  /** Whether all characters that were read are bytes of ASCII. */
  get areAscii(): boolean {
    return this.bits <= 0x7f;
  }

  at(at: number): number {
    const { text } = this;
    const first = text.charCodeAt(at);
    const second = text.charCodeAt(at + 1);
    const third = text.charCodeAt(at + 2);
    const fourth = text.charCodeAt(at + 3);
    this.bits |= first | second | third | fourth;
    return first | (second << 8) | (third << 16) | (fourth << 24);
  }

  /** As `at`, with zeros from `end` on. */
  before(end: number, at: number): number {
    if (at + 4 <= end) return this.at(at);
    let word = 0;
    for (let i = end - 1; i >= at; i--) {
      const code = this.text.charCodeAt(i);
      this.bits |= code;
      word = (word << 8) | code;
    }
    return word;
  }
}

/** Where the first two registers start when bytes are hashed: 2^32 divided by the golden ratio. */
const GOLDEN_RATIO = 0x9e3779b9 | 0;
const BLOCK = 12;

/** The golden ratio times `kind`: Erlang gives each kind of term its own, so that equal words of two kinds differ. */
export function kindConstant(kind: number): number {
  return Math.imul(GOLDEN_RATIO, kind);
}

/** Stirs two words into `hash`. */
export function hashWords(x: number, y: number, constant: number, hash: number): number {
  return new Registers(constant, hash).absorb(x, y, 0);
}

/**
 * Stirs a text that has only ASCII characters into `hash`, as the bytes they are, without making those.
 * @returns `null` if it has others, which is known when all were read: a text is read once
 */
export function hashAscii(text: string, hash: number): number | null {
  const registers = new Registers(GOLDEN_RATIO, hash);
  const words = new AsciiWords(text);
  const length = text.length;
  let at = 0;
  for (; at + BLOCK <= length; at += BLOCK) {
    registers.absorb(words.at(at), words.at(at + 4), words.at(at + 8));
  }
  const result = registers.absorb(
    words.before(length, at),
    words.before(length, at + 4),
    lastWord(words.before(length, at + 8), length),
  );
  return words.areAscii ? result : null;
}

/** Stirs bytes into `hash`. */
export function hashBytes(bytes: Uint8Array, hash: number): number {
  const registers = new Registers(GOLDEN_RATIO, hash);
  const length = bytes.length;
  let at = 0;
  for (; at + BLOCK <= length; at += BLOCK) {
    registers.absorb(byteWord(bytes, at), byteWord(bytes, at + 4), byteWord(bytes, at + 8));
  }
  return registers.absorb(
    byteWord(bytes, at),
    byteWord(bytes, at + 4),
    lastWord(byteWord(bytes, at + 8), length),
  );
}

/** The lowest byte of the last word is for the length, so the at most three bytes left move up by one place. */
function lastWord(word: number, length: number): number {
  return ((word << 8) + length) | 0;
}

/** Four bytes as a little-endian word, zeros past the end. */
function byteWord(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}
