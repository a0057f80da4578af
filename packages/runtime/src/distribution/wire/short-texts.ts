import type { Buffer } from '#platform/buffer';

// Held here because a look into the global object is slow in a `vm` context, as under jest.
const { fromCharCode } = String;

/** Makes texts of a few bytes out of their characters, which is quicker than to ask Node for them. */
export class ShortTexts {
  /** Room for the characters of a text, by their number: made when it is first needed. */
  private readonly rooms: number[][] = [];

  /**
   * The text of a few bytes, as a flat string of its own.
   * @returns `null` if they are not ASCII
   */
  decode(bytes: Buffer, start: number, length: number): string | null {
    const codes = (this.rooms[length] ??= new Array<number>(length).fill(0));
    let bits = 0;
    for (let i = 0; i < length; i += 1) bits |= codes[i] = bytes[start + i] as number;
    return bits > 0x7f ? null : fromCharCode(...codes);
  }
}
