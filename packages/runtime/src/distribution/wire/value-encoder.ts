import { types } from '#platform/types';
import { ReplyPort } from '../../behaviours/gen-server/call-result';
import type { ValueLimits } from '../../node/distribution';
import { isFrom, type From } from '../../terms/from';
import { isPlainText, type CborBlock } from './cbor-block';
import { aheadDepth, EncodedValue } from './encoded-value';
import {
  isError,
  isPlainArray,
  isPlainDate,
  isPlainMap,
  isPlainObject,
  isPlainSet,
  isPlainTypedArray,
} from '../../terms/realm';
import { Refusal, type PathStep } from './refusal';
import {
  encodeArrayBuffer,
  encodeBigInt,
  encodeDate,
  encodeLongText,
  encodeNumber,
  encodeTypedArray,
} from './scalar-encoder';
import { isTextOfRun, writeRun } from './text-run';
import { commonTag, major, simple, wireTag } from './wire-tags';

// Held here because a look into the global object is slow in a `vm` context, as under jest.
const objectPrototype = Object.prototype;
const arrayPrototype = Array.prototype;
const { getPrototypeOf, keys: keysOf } = Object;
const { isArray } = Array;

/**
 * Writes values as CBOR, and refuses those that may not travel, in one pass: it stands before every send. What may
 * travel: `null`, `undefined`, booleans, numbers, bigints, strings (pids and refs are strings), bytes and typed
 * arrays, arrays, plain objects, Map, Set, Date, errors (as data) and callers (`From`, `ReplyPort`). Properties whose
 * names are symbols stay behind, as they do in `structuredClone`.
 */
export class ValueEncoder {
  /** How many more values the signal may hold. */
  private values = 0;
  /** How long the block may get. */
  private maxLength = 0;

  constructor(
    private readonly block: CborBlock,
    private readonly limits: ValueLimits,
  ) {}

  /**
   * @param path what the value is called in the error text
   * @param start how long the block was before the signal: it is the signal that must fit in a frame
   * @throws UnsendableError if the value cannot travel; what was written of it is the caller's to take back
   */
  encode(value: unknown, path: string, start: number): void {
    this.values = this.limits.maxValues;
    this.maxLength = start + this.limits.maxFrameBytes;
    try {
      this.value(value, this.limits.maxDepth);
      this.checkLength(0);
    } catch (thrown) {
      throw Refusal.of(thrown).toError(path);
    }
  }

  /** How many of so many values that it might hold the last one held. */
  valuesOf(maxValues: number): number {
    return maxValues - this.values;
  }

  private value(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        if (!this.block.shortAscii(value)) this.longText(value);
        return;
      case 'number':
        encodeNumber(this.block, value);
        return;
      case 'object':
        if (value === null) this.block.byte(simple.null);
        else this.object(value, depth - 1);
        return;
      default:
        this.rareValue(value);
    }
  }

  private rareValue(value: unknown): void {
    switch (typeof value) {
      case 'boolean':
        this.block.byte(value ? simple.true : simple.false);
        return;
      case 'undefined':
        this.block.byte(simple.undefined);
        return;
      case 'bigint':
        encodeBigInt(this.block, value);
        return;
      case 'function':
        throw new Refusal(value.name === '' ? 'a function' : `a function (${value.name})`);
      default:
        throw new Refusal(`a symbol (${String(value)})`);
    }
  }

  private longText(text: string): void {
    this.checkLength(text.length);
    encodeLongText(this.block, text);
  }

  private object(value: object, depth: number): void {
    if (depth < 0) throw new Refusal(`a value nested more than ${this.limits.maxDepth} deep`, 'depth');
    const prototype: unknown = getPrototypeOf(value);
    if (prototype === objectPrototype) this.properties(value, depth);
    else if (prototype === arrayPrototype && isArray(value)) this.array(value, depth);
    else if (value instanceof EncodedValue) this.encoded(value, depth);
    else if (!this.container(value, depth)) this.leaf(value);
  }

  private encoded({ bytes, values }: EncodedValue, depth: number): void {
    if (depth < aheadDepth)
      throw new Refusal(`a value nested more than ${this.limits.maxDepth} deep`, 'whole');
    this.count(values);
    this.checkLength(bytes.length);
    this.block.raw(bytes);
  }

  private container(value: object, depth: number): boolean {
    if (isPlainMap(value)) this.map(value, depth);
    else if (isPlainSet(value)) this.set(value, depth);
    else if (isError(value)) this.error(value, depth);
    else if (isPlainArray(value)) this.array(value as unknown[], depth);
    else if (isPlainObject(value)) this.properties(value, depth);
    else return false;
    return true;
  }

  private leaf(value: object): void {
    if (types.isAnyArrayBuffer(value) || types.isTypedArray(value)) this.checkLength(value.byteLength);
    if (isPlainTypedArray(value)) encodeTypedArray(this.block, value);
    else if (isPlainDate(value)) encodeDate(this.block, value);
    else if (types.isArrayBuffer(value)) encodeArrayBuffer(this.block, value);
    else if (isFrom(value)) this.from(wireTag.from, value);
    else if (value instanceof ReplyPort) this.from(wireTag.replyPort, value.from);
    else throw new Refusal(describe(value));
  }

  private properties(value: object, depth: number): void {
    const keys = keysOf(value);
    this.open(major.map, keys.length, 2);
    let key = '';
    try {
      for (let i = 0; i < keys.length; i += 1) {
        key = keys[i] as string;
        this.key(key);
        this.value((value as Record<string, unknown>)[key], depth);
      }
    } catch (thrown) {
      throw Refusal.of(thrown).within(value, { key });
    }
  }

  private key(key: string): void {
    // It would become the prototype of what arrives.
    if (key === '__proto__') throw new Refusal('a property of that name');
    if (this.block.shortAscii(key)) return;
    if (!isPlainText(key)) throw new Refusal('a property whose name is not well-formed Unicode');
    this.checkLength(key.length);
    this.block.text(key);
  }

  private array(value: readonly unknown[], depth: number): void {
    const { length } = value;
    this.open(major.array, length, 1);
    let index = 0;
    let hasRuns = true;
    try {
      // By index: holes are undefined.
      while (index < length) {
        const item = value[index];
        const written = hasRuns && isTextOfRun(item) ? writeRun(this.block, value, index, item) : -1;
        // Where one run came to nothing, others would.
        if (written === 0) hasRuns = false;
        if (written < 1) this.value(item, depth);
        index += written < 1 ? 1 : written;
      }
    } catch (thrown) {
      throw Refusal.of(thrown).within(value, { index });
    }
  }

  private map(value: ReadonlyMap<unknown, unknown>, depth: number): void {
    this.block.head(major.tag, commonTag.map);
    const { size } = value;
    this.open(major.map, size, 2);
    let keyAt = 0;
    for (const [key, entry] of value) {
      this.part(value, { keyAt }, key, depth);
      this.part(value, { entry: key }, entry, depth);
      keyAt += 1;
    }
    checkUnchanged(keyAt, size);
  }

  private set(value: ReadonlySet<unknown>, depth: number): void {
    this.block.head(major.tag, commonTag.set);
    const { size } = value;
    this.open(major.array, size, 1);
    let elementAt = 0;
    for (const element of value) {
      this.part(value, { elementAt }, element, depth);
      elementAt += 1;
    }
    checkUnchanged(elementAt, size);
  }

  private error(error: Error, depth: number): void {
    const { name, message, stack, cause } = error as { [Key in keyof Error]: unknown };
    const { code } = error as { code?: unknown };
    this.block.head(major.tag, wireTag.error);
    this.open(major.array, cause === undefined ? 4 : 5, 1);
    this.value(typeof name === 'string' ? name : 'Error', depth);
    this.value(typeof message === 'string' ? message : '', depth);
    this.value(typeof stack === 'string' ? stack : null, depth);
    this.value(typeof code === 'string' || typeof code === 'number' ? code : null, depth);
    if (cause !== undefined) this.part(error, { key: 'cause' }, cause, depth);
  }

  private from(tag: number, from: From): void {
    const { pid, node, creation, call } = from.identify();
    this.block.head(major.tag, tag);
    this.open(major.array, 4, 1);
    for (const field of [pid, node, creation, call]) this.value(field, 0);
  }

  private part(container: object, step: PathStep, value: unknown, depth: number): void {
    try {
      this.value(value, depth);
    } catch (thrown) {
      throw Refusal.of(thrown).within(container, step);
    }
  }

  private open(kind: number, items: number, valuesEach: number): void {
    this.count(items * valuesEach);
    this.checkLength(0);
    this.block.head(kind, items);
  }

  private count(values: number): void {
    this.values -= values;
    if (this.values < 0)
      throw new Refusal(`a value that holds more than ${this.limits.maxValues} others`, 'whole');
  }

  private checkLength(more: number): void {
    if (this.block.length + more <= this.maxLength) return;
    throw new Refusal(`a value of more than ${this.limits.maxFrameBytes} bytes`, 'whole');
  }
}

/** Code of the user's may run in between: a getter, a proxy. */
function checkUnchanged(read: number, size: number): void {
  if (read !== size) throw new Refusal('a value that changes while it is read');
}

function describe(value: object): string {
  const constructor: unknown = (value as { constructor?: unknown }).constructor;
  const name = typeof constructor === 'function' ? constructor.name : '';
  return name === '' ? 'an object with a prototype of its own' : `an instance of ${name}`;
}
