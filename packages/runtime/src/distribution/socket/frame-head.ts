/** The longest head of a WebSocket frame: two bytes, eight for the length, four for the mask. */
const longestHead = 14;
const lengthIn2 = 126;
const lengthIn8 = 127;
const maskBit = 0x80;
/** The first byte of a binary message that is one whole frame. */
const wholeBinary = 0x82;
const finalBit = 0x80;
const closeOpcode = 8;

/** Gathers the head of a WebSocket frame (RFC 6455), of which there may come any part at a time. */
export class FrameHead {
  private readonly bytes = new Uint8Array(longestHead);
  private length = 0;

  /**
   * Takes bytes of the head.
   * @returns up to where they are of the head
   */
  take(chunk: Uint8Array, from: number): number {
    const { bytes } = this;
    let at = from;
    while (at < chunk.length && this.length < this.size) bytes[this.length++] = chunk[at++] as number;
    return at;
  }

  get isWhole(): boolean {
    return this.length === this.size;
  }

  /** How many bytes follow it. */
  get payloadLength(): number {
    const [, second = 0] = this.bytes;
    const short = second & ~maskBit;
    if (short < lengthIn2) return short;
    const width = short === lengthIn2 ? 2 : 8;
    let length = 0;
    for (let i = 0; i < width; i += 1) length = length * 0x100 + (this.bytes[2 + i] as number);
    return length;
  }

  /** Whether it begins a binary message that is whole, and as it is: masked, if it must be, by zeros. */
  isPlainBinary(masked: boolean): boolean {
    const [first, second = 0] = this.bytes;
    if (first !== wholeBinary || second >= maskBit !== masked) return false;
    return !masked || this.bytes.subarray(this.length - 4, this.length).every((byte) => byte === 0);
  }

  get isClose(): boolean {
    return this.opcode === closeOpcode;
  }

  /** Whether the message it is of, if it is no control frame, goes on in another one. */
  leavesOpen(wasOpen: boolean): boolean {
    return this.opcode < closeOpcode ? (this.bytes[0] as number) < finalBit : wasOpen;
  }

  /** The bytes, as a copy; the next head begins. */
  finish(): Uint8Array {
    const bytes = this.bytes.slice(0, this.length);
    this.length = 0;
    return bytes;
  }

  private get opcode(): number {
    return (this.bytes[0] as number) & 0x0f;
  }

  /** How long it is, as far as what has come tells. */
  private get size(): number {
    if (this.length < 2) return 2;
    const second = this.bytes[1] as number;
    const short = second & ~maskBit;
    const width = short === lengthIn2 ? 2 : short === lengthIn8 ? 8 : 0;
    return 2 + width + (second >= maskBit ? 4 : 0);
  }
}
