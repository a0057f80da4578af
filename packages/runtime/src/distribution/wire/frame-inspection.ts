import { BadFrameError } from './bad-frame';
import type { Limits } from './limits';
import {
  bigEndianStep,
  commonTag,
  firstWireTag,
  lastWireTag,
  major,
  typedArrayTag,
  wireTag,
} from './wire-tags';

/** Sets of kinds, one bit for each. */
const holdsAny = 0xff;
const holdsNumber = (1 << major.positive) | (1 << major.negative) | (1 << major.simple);
const holdsBytes = 1 << major.bytes;
const holdsArray = 1 << major.array;
const holdsMap = 1 << major.map;

/** The typed arrays of more than one byte to an element, in the other byte order. */
const otherEndianTags = [...typedArrayTag]
  .filter(([name]) => !/8/.test(name))
  .map(([, tag]) => tag - bigEndianStep);

/** The tags that may travel, and what each may hold; every other one that cbor-x knows is refused. */
const heldByTag: ReadonlyMap<number, number> = new Map([
  [commonTag.date, holdsNumber],
  [commonTag.set, holdsArray],
  [commonTag.map, holdsMap],
  ...[...typedArrayTag.values(), ...otherEndianTags].map((tag) => [tag, holdsBytes] as const),
  [wireTag.negativeZero, 1 << major.positive],
  [wireTag.bigInteger, holdsBytes],
  [wireTag.utf16, holdsBytes],
  [wireTag.arrayBuffer, holdsBytes],
  [wireTag.farDate, holdsNumber],
  [wireTag.error, holdsArray],
  [wireTag.from, holdsArray],
  [wireTag.replyPort, holdsArray],
]);

/** The fields of a signal itself, beside the values it carries. */
const fieldsOfSignal = 16;

/**
 * Looks through a frame's bytes before cbor-x decodes them. cbor-x is generous: its tags define records (which it
 * compiles), look up constructors, share references and pack strings, and it recurses as deep as the bytes say. Here
 * passes only what a Trestle node writes: complete items of definite length, nested within the limit, and the few
 * tags of our values.
 */
export class FrameInspection {
  /** Whether a tag of `wireTag` was seen in the last `inspect`. */
  hasWireTags = false;
  /** How many items are missing, for each array or map that is open. */
  private readonly missing: Float64Array;
  private readonly maxDepth: number;
  private depth = 0;
  private values = 0;
  /** What the next item may be. */
  private held = holdsAny;
  private bytes: Buffer = Buffer.alloc(0);
  private position = 0;

  constructor(private readonly limits: Pick<Limits, 'maxDepth' | 'maxValues'>) {
    // One more, for the array that is the signal.
    this.maxDepth = limits.maxDepth + 1;
    this.missing = new Float64Array(this.maxDepth + 1);
  }

  /**
   * Inspects whole signals from `start` on, until at least `enough` bytes are seen or the frame ends.
   * @returns where the next signal starts
   * @throws BadFrameError if the bytes are not what a Trestle node writes
   */
  inspect(bytes: Buffer, start: number, enough: number): number {
    this.bytes = bytes;
    this.position = start;
    this.hasWireTags = false;
    const until = Math.min(start + enough, bytes.length);
    while (this.position < until) this.inspectSignal();
    return this.position;
  }

  private inspectSignal(): void {
    this.depth = 0;
    this.values = this.limits.maxValues + fieldsOfSignal;
    this.held = holdsArray;
    do this.inspectItem();
    while (this.depth > 0);
  }

  private inspectItem(): void {
    if (this.position >= this.bytes.length) throw new BadFrameError('it ends too early');
    const head = this.bytes[this.position++] as number;
    const which = head >> 5;
    if ((this.held & (1 << which)) === 0) throw new BadFrameError('an item of the wrong kind');
    this.held = holdsAny;
    if (which === major.simple) this.passSimple(head & 31);
    else this.passArgument(which, this.argument(head & 31, which));
  }

  private passArgument(which: number, argument: number): void {
    switch (which) {
      case major.array:
        this.open(argument);
        break;
      case major.map:
        this.open(2 * argument);
        break;
      case major.tag:
        this.passTag(argument);
        break;
      default:
        if (which === major.bytes || which === major.text) this.skip(argument);
        this.itemDone();
    }
  }

  /** The number in an item's head: its value, its length or its tag. */
  private argument(info: number, which: number): number {
    if (info < 24) return info;
    const { bytes, position } = this;
    const size = 1 << (info - 24);
    if (info > 27) throw new BadFrameError('an item of indefinite length');
    this.skip(size);
    if (info === 24) return bytes[position] as number;
    if (info === 25) return bytes.readUInt16BE(position);
    if (info === 26) return bytes.readUInt32BE(position);
    if (which > major.negative) throw new BadFrameError('a length of 64 bits');
    return 0;
  }

  /** false, true, null, undefined and the floats; cbor-x takes other simple values for packed strings. */
  private passSimple(info: number): void {
    if (info === 27) this.skip(8);
    else if (info === 26) this.skip(4);
    else if (info < 20 || info > 23) throw new BadFrameError('an unknown simple value');
    this.itemDone();
  }

  private passTag(tag: number): void {
    const held = heldByTag.get(tag);
    if (held === undefined) throw new BadFrameError(`tag ${tag}`);
    if (tag >= firstWireTag && tag <= lastWireTag) this.hasWireTags = true;
    this.held = held;
  }

  private open(items: number): void {
    // Each of them takes a byte at least: nobody makes room for what cannot follow.
    if (items > this.bytes.length - this.position) throw new BadFrameError('it ends too early');
    this.depth += 1;
    if (this.depth > this.maxDepth) throw new BadFrameError('a value is nested too deep');
    this.values -= items;
    if (this.values < 0) throw new BadFrameError('too many values in one signal');
    // One more, for the array or map itself: an empty one is done at once.
    this.missing[this.depth] = items + 1;
    this.itemDone();
  }

  private itemDone(): void {
    const { missing } = this;
    while (this.depth > 0) {
      const left = (missing[this.depth] as number) - 1;
      missing[this.depth] = left;
      if (left > 0) return;
      this.depth -= 1;
    }
  }

  private skip(length: number): void {
    this.position += length;
    if (this.position > this.bytes.length) throw new BadFrameError('it ends too early');
  }
}
