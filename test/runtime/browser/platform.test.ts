/** What a browser has in place of modules of Node behaves as they do, as far as the runtime asks. */
import { createHmac } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import * as util from 'node:util';
import fc from 'fast-check';
import { hmacSha256, randomBytes, sameBytes } from '../../../packages/runtime/src/platform/browser/crypto';
import {
  asciiText,
  Buffer as BrowserBuffer,
  isBigEndian,
  isUtf8,
  writeText,
} from '../../../packages/runtime/src/platform/browser/buffer';
import { isDeepStrictEqual } from '../../../packages/runtime/src/platform/browser/equality';
import { inspect } from '../../../packages/runtime/src/platform/browser/inspect';
import { types } from '../../../packages/runtime/src/platform/browser/types';
import * as ofNode from '../../../packages/runtime/src/platform/buffer';

const samples: unknown[] = [
  ...[null, undefined, 1, 'text', {}, [], () => 1, Object.create(null)],
  ...[new Map(), new Set(), new Date(), new TypeError('x'), Promise.resolve(), /x/],
  ...[new ArrayBuffer(1), new SharedArrayBuffer(1), new DataView(new ArrayBuffer(1))],
  ...[new Uint8Array(1), new Float64Array(1), new BigInt64Array(1), Buffer.from('x')],
  ...['new Map()', 'new Set()', 'new Date()', 'new Uint8Array(1)', 'new RangeError()', '[]'].map((code) =>
    runInNewContext(code),
  ),
];

const kinds = [
  ...(['isMap', 'isSet', 'isDate', 'isPromise', 'isNativeError', 'isUint8Array'] as const),
  ...(['isTypedArray', 'isArrayBuffer', 'isAnyArrayBuffer'] as const),
];

it.each(kinds)('%s tells what it tells on Node, of values of every realm', (kind) => {
  expect(samples.map((value) => types[kind](value))).toEqual(samples.map((value) => util.types[kind](value)));
});

it('the HMAC of a text is that of Node', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.string({ unit: 'grapheme' }),
      (key, text) => {
        expect(hmacSha256(key, text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
      },
    ),
  );
});

it('bytes are compared to the last', () => {
  expect(sameBytes(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 3))).toBe(true);
  expect(sameBytes(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 4))).toBe(false);
  expect(sameBytes(Uint8Array.of(0, 2, 3), Uint8Array.of(1, 2, 3))).toBe(false);
});

it('chance gives as many bytes as are asked for, others each time', () => {
  expect(randomBytes(32)).toHaveLength(32);
  expect(randomBytes(32)).not.toEqual(randomBytes(32));
});

it('texts are written and read as on Node', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(64), (text, at) => {
      const [here, there] = [BrowserBuffer.alloc(64), ofNode.Buffer.alloc(64)];
      expect(writeText(here as never, text, at)).toBe(ofNode.writeText(there, text, at));
      expect([...here]).toStrictEqual([...there]);
    }),
  );
  const ascii = 'of bytes';
  expect(asciiText(BrowserBuffer.from(`a text ${ascii}`) as never, 7, 15)).toBe(ascii);
  expect(ofNode.asciiText(Buffer.from(`a text ${ascii}`), 7, 15)).toBe(ascii);
});

it('the same bytes are UTF-8', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(isUtf8(bytes)).toBe(ofNode.isUtf8(bytes));
    }),
  );
  expect(isUtf8(Buffer.from('é\ufeff'))).toBe(true);
  expect(isBigEndian).toBe(ofNode.isBigEndian);
});

it('values are equal that are equal as data', () => {
  expect(isDeepStrictEqual({ a: [1, new Map([[1, 2]])] }, { a: [1, new Map([[1, 2]])] })).toBe(true);
  expect(isDeepStrictEqual({ a: 1 }, { a: 2 })).toBe(false);
});

it('a value is shown as it says, to the depth that is asked for', () => {
  const shown = { [util.inspect.custom]: () => '[cookie]', secret: 1 };
  expect(inspect(shown)).toBe('[cookie]');
  expect(inspect({ a: { b: { c: { d: 1 } } } })).toBe('{ a: { b: { c: [Object] } } }');
  expect(inspect('x'.repeat(100), { maxStringLength: 10 })).toBe("'xxxxxxxxxx'... 90 more characters");
});
