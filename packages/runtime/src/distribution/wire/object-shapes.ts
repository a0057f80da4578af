import { objectMakerOf, type ObjectMaker } from '#platform/object-maker';
import type { FrameCursor } from './frame-cursor';
import { KnownBytes } from './known-bytes';

/** An object of more properties is rather a table, and of no shape that comes again. */
export const longestShape = 24;
/** How many shapes are known: a power of two. */
const slotCount = 512;
const slotShift = 32 - Math.log2(slotCount);
/** After so many new ones all shapes are forgotten. */
const mostShapes = 4 * slotCount;
/** So many objects of a shape come before it is worth a maker. */
const usesBeforeMaker = 200;

/** Keys that objects have had, in this order, as the first or the only ones. */
export class Shape {
  /** The shape with one more key that came last. */
  next: Shape | null = null;
  private uses = 0;
  private maker: ObjectMaker | null = null;

  /**
   * @param parent the shape without the last key
   * @param lastKey as it travels
   */
  constructor(
    readonly number: number,
    readonly keys: readonly string[],
    readonly parent: Shape | null,
    readonly lastKey: KnownBytes,
  ) {}

  /** The object of these keys and their values. */
  objectOf(values: readonly unknown[]): Record<string, unknown> {
    if (this.maker !== null) return this.maker(values);
    this.uses += 1;
    if (this.uses === usesBeforeMaker) this.maker = objectMakerOf(this.keys);
    const object: Record<string, unknown> = {};
    const { keys } = this;
    for (let i = 0; i < keys.length; i += 1) object[keys[i] as string] = values[i];
    return object;
  }
}

/**
 * The shapes of the objects that come. Messages of one kind have the same keys: which one is next is known before it is
 * read, and for objects that come often there is code that makes just them. It is a table of fixed size in which each
 * shape has one place; and as shapes know of others, all are forgotten from time to time. So it holds little, whatever
 * comes.
 */
export class ObjectShapes {
  readonly empty = new Shape(0, [], null, new KnownBytes(new Uint8Array(0)));
  /** Both tables are made when they are needed. */
  private shapes: (Shape | null)[] = [];
  /** What had no place when it came last: it gets one if it comes once more. */
  private candidates = new Int32Array(0);
  private lastNumber = mostShapes;

  /**
   * The shape with a key more, which has just been read.
   * @param textSlot a number of the key
   * @param from where the key began in the frame
   * @returns `null` if it comes too seldom
   */
  follow(shape: Shape, key: string, textSlot: number, cursor: FrameCursor, from: number): Shape | null {
    if (this.lastNumber === mostShapes) this.beginAnew();
    const id = (Math.imul(shape.number, 0x9e3779b1) + textSlot) | 0;
    const slot = Math.imul(id, 0x85ebca6b) >>> slotShift;
    const known = this.shapes[slot] as Shape | null;
    if (known !== null && known.parent === shape && known.keys[shape.keys.length] === key)
      return (shape.next = known);
    const isCandidate = this.candidates[slot] === id;
    this.candidates[slot] = id;
    if (!isCandidate || key === '__proto__') return null;
    const bytes = new KnownBytes(cursor.bytes.subarray(from, cursor.position));
    const added = new Shape((this.lastNumber += 1), [...shape.keys, key], shape, bytes);
    return (shape.next = this.shapes[slot] = added);
  }

  private beginAnew(): void {
    this.shapes = new Array<Shape | null>(slotCount).fill(null);
    this.candidates = new Int32Array(slotCount);
    this.empty.next = null;
    this.lastNumber = 0;
  }
}
