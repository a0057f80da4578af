import { ReplyPort } from '../../behaviours/gen-server/call-result';
import type { From, FromIdentity } from '../../terms/from';
import { BadFrameError } from './bad-frame';
import { identityOf } from './caller-identity';
import { errorOf } from './error-decoder';
import { endsTooEarly, type FrameCursor } from './frame-cursor';
import type { Limits } from './limits';
import { longestShape, ObjectShapes, type Shape } from './object-shapes';
import { makerOf } from './scalar-decoder';
import { longestKept, TextCache } from './text-cache';
import { commonTag, major, simple, typedArrayTag, wireTag } from './wire-tags';

const float32 = (major.simple << 5) | 26;
const float64 = (major.simple << 5) | 27;
/** What the low bits of an item's head say if 64 bits follow. */
const isLong = 27;
const uint8ArrayTag = typedArrayTag.get('Uint8Array');
/** The fields of a signal itself, beside the values it carries. */
const fieldsOfSignal = 16;

/**
 * Reads values out of CBOR, in one pass. It takes what a Trestle node writes and nothing else: complete items of
 * definite length, nested within the limit, no more of them than the limit, and the few tags of our values. What an
 * item claims to hold is compared with the bytes that are left before room is made for it.
 */
export class ValueDecoder {
  /** How many more values the signal may hold. */
  private values = 0;
  private readonly texts = new TextCache('');
  private readonly shapes = new ObjectShapes();

  constructor(
    private readonly cursor: FrameCursor,
    private readonly limits: Pick<Limits, 'maxDepth' | 'maxValues'>,
    private readonly portOf: (identity: FromIdentity) => From,
  ) {}

  /** A signal of so many fields begins: the values that follow, until the next, are counted together. */
  begin(fields: number): void {
    this.values = this.limits.maxValues + fieldsOfSignal;
    this.open(fields, this.limits.maxDepth);
  }

  /**
   * The value at the cursor.
   * @throws BadFrameError if the bytes are not what a Trestle node writes
   */
  decode(): unknown {
    return this.value(this.limits.maxDepth);
  }

  /**
   * The text at the cursor.
   * @throws BadFrameError if there is something else
   */
  text(): string {
    return this.textOf(this.cursor.expect(major.text));
  }

  /** The text of so many bytes at the cursor. */
  textOf(length: number, texts = this.texts): string {
    const { cursor } = this;
    if (length > longestKept) return texts.prefix + cursor.text(length);
    const start = cursor.skip(length);
    return texts.decode(cursor.bytes, cursor.view, start, length);
  }

  private value(depth: number): unknown {
    const head = this.cursor.head();
    switch (head >> 5) {
      case major.positive:
        return (head & 31) === isLong ? this.cursor.long() : this.cursor.argument(head);
      case major.negative:
        return (head & 31) === isLong ? -1n - this.cursor.long() : -1 - this.cursor.argument(head);
      case major.bytes:
        return this.cursor.mostBytes(this.cursor.argument(head));
      case major.text:
        return this.textOf(this.cursor.argument(head));
      case major.array:
        return this.array(this.cursor.argument(head), depth - 1);
      case major.map:
        return this.properties(this.cursor.argument(head), depth - 1);
      case major.tag:
        return this.tagged(this.cursor.argument(head), depth);
      default:
        return this.simple(head);
    }
  }

  private simple(head: number): unknown {
    switch (head) {
      case simple.false:
        return false;
      case simple.true:
        return true;
      case simple.null:
        return null;
      case simple.undefined:
        return undefined;
      case float64:
        return this.cursor.float64();
      case float32:
        return this.cursor.float32();
      default:
        throw new BadFrameError('an unknown simple value');
    }
  }

  private array(length: number, depth: number): unknown[] {
    this.open(length, depth);
    const array = new Array<unknown>(length);
    for (let i = 0; i < length; i += 1) array[i] = this.value(depth);
    return array;
  }

  private properties(size: number, depth: number): object {
    this.open(2 * size, depth);
    if (size > longestShape) return this.table({}, size, depth);
    const values = new Array<unknown>(size);
    let shape = this.shapes.empty;
    for (let i = 0; i < size; i += 1) {
      const next = this.nextShape(shape);
      if (next === null) return this.table(shape.objectOf(values), size - i, depth);
      shape = next;
      values[i] = this.value(depth);
    }
    return shape.objectOf(values);
  }

  /** Reads a key, unless it comes too seldom. */
  private nextShape(shape: Shape): Shape | null {
    const { cursor, shapes, texts } = this;
    if (shape.next !== null && cursor.skipIf(shape.next.lastKey)) return shape.next;
    const { position } = cursor;
    const next = shapes.follow(shape, this.text(), texts.slot, cursor, position);
    if (next === null) cursor.position = position;
    return next;
  }

  /** Adds so many properties to an object. */
  private table(object: Record<string, unknown>, size: number, depth: number): object {
    for (let i = 0; i < size; i += 1) {
      const key = this.text();
      const value = this.value(depth);
      if (key === '__proto__') define(object, key, value);
      else object[key] = value;
    }
    return object;
  }

  private map(size: number, depth: number): Map<unknown, unknown> {
    this.open(2 * size, depth);
    const map = new Map<unknown, unknown>();
    for (let i = 0; i < size; i += 1) {
      const key = this.value(depth);
      map.set(key, this.value(depth));
    }
    return map;
  }

  private set(size: number, depth: number): Set<unknown> {
    this.open(size, depth);
    const set = new Set<unknown>();
    for (let i = 0; i < size; i += 1) set.add(this.value(depth));
    return set;
  }

  /** What a tag holds is never a tag, so tags do not nest. */
  private tagged(tag: number, depth: number): unknown {
    const { cursor } = this;
    switch (tag) {
      case commonTag.map:
        return this.map(cursor.expect(major.map), depth - 1);
      case commonTag.set:
        return this.set(cursor.expect(major.array), depth - 1);
      case commonTag.date:
        return new Date(Math.round(this.number() * 1000));
      case wireTag.farDate:
        return new Date(this.number());
      case wireTag.negativeZero:
        cursor.expect(major.positive);
        return -0;
      case wireTag.error:
        return errorOf(this.array(cursor.expect(major.array), depth - 1));
      case wireTag.from:
        return this.portOf(this.identity(depth));
      case wireTag.replyPort:
        return new ReplyPort(this.portOf(this.identity(depth)));
      case uint8ArrayTag: {
        const { buffer, byteOffset, length } = cursor.mostBytes(cursor.expect(major.bytes));
        return new Uint8Array(buffer, byteOffset, length);
      }
      default: {
        const make = makerOf(tag);
        return make(cursor.binary(cursor.expect(major.bytes)));
      }
    }
  }

  private number(): number {
    const value = this.cursor.peek() >> 5 === major.tag ? undefined : this.value(0);
    if (typeof value !== 'number') throw new BadFrameError('an item of the wrong kind');
    return value;
  }

  private identity(depth: number): FromIdentity {
    return identityOf(this.array(this.cursor.expect(major.array), depth - 1));
  }

  /** An item opens that holds others. Each takes a byte at least: nobody makes room for what cannot follow. */
  private open(values: number, depth: number): void {
    if (values > this.cursor.left) throw endsTooEarly();
    if (depth < 0) throw new BadFrameError('a value is nested too deep');
    this.values -= values;
    if (this.values < 0) throw new BadFrameError('too many values in one signal');
  }
}

/** As `JSON.parse` does: a property of this name is one like any other, and no prototype. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, configurable: true, enumerable: true });
}
