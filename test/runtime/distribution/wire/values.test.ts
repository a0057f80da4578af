import fc from 'fast-check';
import { runInNewContext } from 'node:vm';
import { readFileSync } from 'node:fs';
import { ReplyPort } from '../../../../packages/runtime/src/behaviours/gen-server/call-result';
import { AheadEncoder } from '../../../../packages/runtime/src/distribution/wire/ahead-encoder';
import { TrestleError } from '../../../../packages/runtime/src/terms/errors';
import { pid, roundTrip, TestFrom } from './wire-fixture';

const encoder = new AheadEncoder();

/** A value as CBOR. */
function encoded(value: unknown): Buffer {
  return Buffer.from(encoder.encode(value)?.bytes ?? []);
}

/** Everything that may travel. */
const anyValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<unknown>(null, undefined, true, false, NaN, Infinity, -Infinity, -0, 0),
    fc.integer(),
    fc.double(),
    fc.maxSafeInteger(),
    fc.bigInt(),
    fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.uint8Array().map((bytes) => bytes.slice().buffer),
    fc.uint8ClampedArray(),
    fc.int8Array(),
    fc.int16Array(),
    fc.uint16Array(),
    fc.int32Array(),
    fc.uint32Array(),
    fc.float32Array(),
    fc.float64Array(),
    fc.bigInt64Array(),
    fc.bigUint64Array(),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(
      fc.string({ unit: 'grapheme' }).filter((key) => key !== '__proto__' && !key.startsWith('\ufeff')),
      tie('value'),
    ),
    fc.array(fc.tuple(tie('value'), tie('value'))).map((entries) => new Map(entries)),
    fc.array(tie('value')).map((elements) => new Set(elements)),
  ),
})).value;

describe('a value on its way to another node', () => {
  it('arrives as it was sent, whatever it is', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(roundTrip(value)).toStrictEqual(withoutNullPrototypes(value));
      }),
      { numRuns: 400 },
    );
  });

  it.each<[string, unknown]>([
    ['minus zero', -0],
    ['a bigint that is small', 5n],
    ['the least bigint of 64 bits', -(2n ** 63n)],
    ['a bigint beyond 64 bits', -(2n ** 64n)],
    ['a bigint of ten thousand digits', 10n ** 10_000n],
    ['an integer beyond 32 bits', 2 ** 40 + 1],
    ['a negative integer beyond 32 bits', -(2 ** 40) - 1],
    ['the least integer of 32 bits', -(2 ** 31)],
    ['a lone surrogate', 'a\ud800b'],
    ['a byte order mark before a long text', `\ufeff${'x'.repeat(100)}`],
    ['a string of a million characters', 'ü'.repeat(1_000_000)],
    ['the character that stands for others', `a\ufffd${'x'.repeat(50)}`],
    ['a short string with the character that stands for others', '\ufffd'],
    ['a string of 32 bytes', 'x'.repeat(32)],
    ['a string of 33 bytes', 'x'.repeat(33)],
    ['a string of 65,536 characters', 'x'.repeat(65_536)],
    ['the last date there is', new Date(8.64e15)],
    ['an empty object', {}],
    ['an object with a property named constructor', { constructor: 'x', hasOwnProperty: 1, toString: null }],
    [
      'an object with more than 65,535 keys',
      Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i])),
    ],
    ['a Map with an object as key', new Map([[{ a: 1 }, new Map([['__proto__', -0]])]])],
    ['a Set in a Map in a Set', new Set([new Map([[new Set([1]), 2]])])],
    ['a Buffer', Buffer.from('abc')],
    ['a Uint8Array', new Uint8Array([1, 2, 3])],
    ['a view into the midst of a larger buffer', new Uint16Array(new ArrayBuffer(16), 4, 2).fill(7)],
    ['an ArrayBuffer', new Uint8Array([1, 2]).buffer],
  ])('arrives as it was: %s', (_what, value) => {
    const arrived = roundTrip({ value }).value;
    expect(arrived).toStrictEqual(value);
    if (typeof value === 'object' && value !== null) {
      expect(Object.prototype.toString.call(arrived)).toBe(Object.prototype.toString.call(value));
      expect(Buffer.isBuffer(arrived)).toBe(Buffer.isBuffer(value));
    }
  });

  it('arrives as it was if it is a text of any length, of one, two or three bytes for a character', () => {
    const texts: string[] = [];
    for (let length = 0; length <= 300; length += 1) {
      const ascii = 'abcdefghijk'.repeat(28).slice(0, length);
      texts.push(ascii, `${ascii}é`, `é${ascii}`, '€'.repeat(length), `${ascii}\ufffd`, `${ascii}\ud800`);
    }
    // Behind each other they pass over the ends of blocks in all kinds of places.
    expect(roundTrip(texts)).toStrictEqual(texts);
    const named = Object.fromEntries(
      texts.filter((text) => !text.endsWith('\ud800')).map((text) => [text, text]),
    );
    expect(roundTrip(named)).toStrictEqual(named);
  });

  it.each([0, 1, 23, 24, 25, 127, 128, 255, 256])(
    'is written as each of its elements alone if it is a list of texts of %i characters, whatever they are',
    (length) => {
      const text = 'abcdefghijk'.repeat(28).slice(0, length);
      for (const other of [text, `${text.slice(1)}é`, `${text.slice(1)}\ud800`, `${text}€`, 7, ['', text]]) {
        // At the beginning of a run, in it, and where one ends because it is long enough.
        for (const at of [0, 1, 7, 8, 9, 15, 44]) {
          const list: unknown[] = new Array<string>(45).fill(text);
          list[at] = other;
          expect(encoded(list)).toStrictEqual(
            Buffer.concat([Buffer.of(0x98, 45), ...list.map((element) => encoded(element))]),
          );
          expect(roundTrip(list)).toStrictEqual(list);
        }
      }
    },
  );

  it('arrives whole if it is a list of texts, one of which is a getter that changes its mind', () => {
    const list: string[] = new Array<string>(4).fill('x'.repeat(64));
    let reads = 0;
    Object.defineProperty(list, 2, { get: () => (reads++ === 0 ? 'y'.repeat(64) : 'é'), enumerable: true });
    const arrived = roundTrip(list) as string[];
    expect(arrived).toHaveLength(4);
    expect(['y'.repeat(64), 'é']).toContain(arrived[2]);
  });

  it('arrives as an invalid date if it is one', () => {
    expect(roundTrip(new Date(NaN)).getTime()).toBeNaN();
  });

  it('arrives without its prototype-less nature, its holes and its symbols', () => {
    const bare = Object.assign(Object.create(null), { a: 1 });
    expect(roundTrip(bare)).toStrictEqual({ a: 1 });
    // eslint-disable-next-line no-sparse-arrays
    expect(roundTrip([1, , 3])).toStrictEqual([1, undefined, 3]);
    expect(roundTrip({ a: 1, [Symbol('s')]: 2 })).toStrictEqual({ a: 1 });
  });

  it('arrives in memory of its own, so that a small part does not keep the whole frame', () => {
    const { bytes } = roundTrip({ bytes: Buffer.from('abc'), rest: 'x'.repeat(10_000) });
    expect(bytes.buffer.byteLength).toBe(3);
  });

  it('may come from another realm', () => {
    const value = runInNewContext(`({
      list: [1, -0], map: new Map([['a', new Set([1])]]), date: new Date(5), bytes: new Uint8Array([1]),
      floats: new Float64Array([1.5]), error: new RangeError('far'), buffer: new Uint8Array([9]).buffer,
    })`);
    const { error, ...rest } = roundTrip(value);
    expect(rest).toStrictEqual({
      list: [1, -0],
      map: new Map([['a', new Set([1])]]),
      date: new Date(5),
      bytes: new Uint8Array([1]),
      floats: new Float64Array([1.5]),
      buffer: new Uint8Array([9]).buffer,
    });
    expect(error).toBeInstanceOf(RangeError);
  });
});

describe('an error on its way to another node', () => {
  it('arrives as an error with its name, message, stack, code and cause', () => {
    const cause = new TypeError('deep');
    const error = Object.assign(new RangeError('far', { cause }), { code: 'ERR_FAR', own: 'stays' });
    const arrived = roundTrip([error])[0];
    expect(arrived).toBeInstanceOf(RangeError);
    expect(arrived).toMatchObject({
      name: 'RangeError',
      message: 'far',
      stack: error.stack,
      code: 'ERR_FAR',
    });
    expect(arrived).not.toHaveProperty('own');
    expect(arrived.cause).toBeInstanceOf(TypeError);
    expect(arrived.cause.message).toBe('deep');
  });

  it('of a class of its own arrives as an Error of that name', () => {
    class KvError extends TrestleError {
      readonly code = 'ERR_KV';
    }
    const arrived = roundTrip(new KvError('full'));
    expect(Object.getPrototypeOf(arrived)).toBe(Error.prototype);
    expect(arrived).toMatchObject({ name: 'KvError', message: 'full', code: 'ERR_KV' });
    expect(Object.keys(arrived)).toEqual(['code']);
  });

  it('that Node itself made arrives too', () => {
    let thrown: unknown;
    try {
      readFileSync('/no/such/file');
    } catch (error) {
      thrown = error;
    }
    expect(roundTrip(thrown)).toMatchObject({ name: 'Error', code: 'ENOENT' });
  });

  it.each(['Function', '__proto__', 'constructor', 'AggregateError', 'RegExp'])(
    'is an Error and nothing else, whatever its name: %s',
    (name) => {
      const arrived = roundTrip(Object.assign(new Error('x'), { name }));
      expect(Object.getPrototypeOf(arrived)).toBe(Error.prototype);
      expect(arrived.name).toBe(name);
    },
  );
});

describe('a caller on its way to another node', () => {
  const identity = { pid, node: 'a@127.0.0.1', creation: 100, call: 2 ** 40 + 3 };

  it('arrives as a caller of the same identity', () => {
    const { from } = roundTrip({ from: new TestFrom(identity) });
    expect(from).toBeInstanceOf(TestFrom);
    expect(from.identity).toEqual(identity);
  });

  it('in a reply port arrives in a reply port', () => {
    const [port] = roundTrip([new ReplyPort(new TestFrom(identity))]);
    expect(port).toBeInstanceOf(ReplyPort);
    port.send('late');
    expect(port.from).toMatchObject({ identity, replies: ['late'] });
  });
});

/** `toStrictEqual` tells an object without a prototype from one that has it; the wire does not. */
function withoutNullPrototypes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutNullPrototypes);
  if (value instanceof Map) {
    return new Map(Array.from(value, ([k, v]) => [withoutNullPrototypes(k), withoutNullPrototypes(v)]));
  }
  if (value instanceof Set) return new Set(Array.from(value, withoutNullPrototypes));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withoutNullPrototypes(v)]));
}
