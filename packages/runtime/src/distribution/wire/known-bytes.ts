import { hasWords, setWords, wordBytes } from './words';

/** Bytes that may come again. */
export class KnownBytes {
  readonly length: number;
  private readonly words: Int32Array;

  constructor({ buffer, byteOffset, length }: Uint8Array) {
    this.length = length;
    this.words = new Int32Array(Math.ceil(length / wordBytes));
    setWords(this.words, 0, new DataView(buffer, byteOffset, length), 0, length);
  }

  /** Whether they are at a place, behind which there are as many. */
  isAt(view: DataView, start: number): boolean {
    return hasWords(this.words, 0, view, start, this.length);
  }
}
