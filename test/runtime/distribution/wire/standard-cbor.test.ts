import { Decoder, Encoder, Tag } from 'cbor-x';
import fc from 'fast-check';
import { opcode } from '../../../../packages/runtime/src/distribution/wire/opcodes';
import { wireTag } from '../../../../packages/runtime/src/distribution/wire/wire-tags';
import { decode, encode, localNode, pid } from './wire-fixture';

/** An implementation of CBOR that is not ours. */
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true, copyBuffers: true });
const encoder = new Encoder({ useRecords: false, variableMapSize: true, tagUint8Array: true });

const float = fc.double().filter((number) => !Object.is(number, -0));
/** Text that every implementation gives back as it was. */
const text = fc.string({ unit: 'grapheme', maxLength: 100 }).filter((value) => !value.startsWith('\ufeff'));
/** A name of a property that no implementation gives a meaning. */
const key = text.filter((value) => value !== '__proto__');
/** Values that standard CBOR carries without tags of ours. */
const standardValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, undefined, true, false, 0, NaN, Infinity, 2 ** 32 - 1, -(2 ** 31), ''),
    fc.integer(),
    float,
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
      .filter((big) => big > 2n ** 53n || big < -(2n ** 53n)),
    text,
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.float64Array({ maxLength: 5 }),
    fc.int16Array({ maxLength: 5 }),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(2 ** 42) }),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(key, tie('value'), { noNullPrototype: true }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 5 }).map((elements) => new Set(elements)),
  ),
})).value;

/** The first signal of a frame as another implementation reads it: an array of its fields. */
function fieldsOf(frame: Uint8Array): unknown[] {
  return decoder.decode(frame) as unknown[];
}

describe('what a node writes', () => {
  it('is read as it was by another implementation of CBOR', () => {
    fc.assert(
      fc.property(standardValue, (value) => {
        const fields = fieldsOf(encode([{ kind: 'message', to: pid, message: value }]));
        expect(fields).toStrictEqual([opcode.message, pid, value]);
      }),
      { numRuns: 400 },
    );
  });

  it('is a sequence of arrays, of opcodes and fields', () => {
    const frame = encode([
      { kind: 'tick' },
      {
        kind: 'call',
        to: { name: 'kv', node: localNode },
        call: 2 ** 40,
        from: pid,
        request: { type: 'get' },
      },
      { kind: 'reply', call: 7, value: -1 },
    ]);
    expect(decoder.decodeMultiple(Buffer.from(frame))).toEqual([
      [opcode.tick],
      [opcode.call, 2 ** 40, '7.1/2s>', ['kv'], { type: 'get' }],
      [opcode.reply, 7, -1],
    ]);
  });

  it('marks what CBOR does not carry with tags that another implementation leaves alone', () => {
    const value = [-0, 2n ** 70n, '\ud800', new Uint8Array([1]).buffer];
    const [, , tagged] = fieldsOf(encode([{ kind: 'message', to: pid, message: value }]));
    expect(tagged).toEqual([
      new Tag(0, wireTag.negativeZero),
      new Tag(Buffer.from('00400000000000000000', 'hex'), wireTag.bigInteger),
      new Tag(Buffer.from([0, 0xd8]), wireTag.utf16),
      new Tag(Buffer.from([1]), wireTag.arrayBuffer),
    ]);
  });
});

describe('what another implementation of CBOR writes', () => {
  it('is read as it was, where a node would write the same kinds of items', () => {
    fc.assert(
      fc.property(standardValue, (value) => {
        const frame = encoder.encode([opcode.message, pid, value]);
        expect(decode(frame)).toStrictEqual([{ kind: 'message', to: pid, message: value }]);
      }),
      { numRuns: 400 },
    );
  });
});
