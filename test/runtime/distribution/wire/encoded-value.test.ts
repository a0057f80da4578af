import { AheadEncoder, EncodedValue } from '@trestle/runtime/internal';
import { CborBlock } from '../../../../packages/runtime/src/distribution/wire/cbor-block';
import { ValueEncoder } from '../../../../packages/runtime/src/distribution/wire/value-encoder';
import { defaultLimits } from '../../../../packages/runtime/src/distribution/wire/limits';

/** The bytes of a value, as it is written within a message. */
function written(value: unknown, limits = defaultLimits): Buffer {
  const block = new CborBlock();
  new ValueEncoder(block, limits).encode(value, 'message', 0);
  return Buffer.from(block.cut(block.length));
}

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

describe('a value that is encoded ahead', () => {
  const encoder = new AheadEncoder();

  it('is written as the value itself is', () => {
    const values = [
      { a: [1, 'x', new Date(5)] },
      Buffer.from([1, 2]),
      new Map([[1, new Set([2])]]),
      new Error('e'),
    ];
    const ahead = values.map((value) => encoder.encode(value));
    expect(ahead.every((value) => value instanceof EncodedValue)).toBe(true);
    expect(written({ list: ahead })).toEqual(written({ list: values }));
  });

  it('is what the value was', () => {
    const value = { list: [1] };
    const ahead = encoder.encode(value);
    value.list.push(2);
    expect(written([ahead])).toEqual(written([{ list: [1] }]));
  });

  it('is refused if it cannot travel, or is large or deep; and the next is not disturbed', () => {
    for (const value of [
      () => 1,
      { f: () => 1 },
      nested(17),
      'x'.repeat(70_000),
      new Array(20_000).fill(0),
    ]) {
      expect(encoder.encode(value)).toBeUndefined();
    }
    expect(written([encoder.encode(nested(16))])).toEqual(written([nested(16)]));
  });

  it('is refused while another one is encoded', () => {
    const inner: unknown[] = [];
    const outer = {
      get value() {
        inner.push(encoder.encode([1]));
        return 2;
      },
    };
    expect(written([encoder.encode(outer)])).toEqual(written([{ value: 2 }]));
    expect(inner).toStrictEqual([undefined]);
  });

  it('counts as what it holds, in depth, number and bytes', () => {
    const ahead = encoder.encode({ a: [1, 2, 3] });
    expect(() => written([ahead], { ...defaultLimits, maxDepth: 16 })).toThrow(/nested more than 16 deep/);
    expect(() => written([ahead, ahead], { ...defaultLimits, maxValues: 11 })).toThrow(/more than 11 others/);
    expect(written([ahead, ahead], { ...defaultLimits, maxValues: 12 })).toBeInstanceOf(Buffer);
    const long = encoder.encode('x'.repeat(100));
    expect(() => written([long], { ...defaultLimits, maxFrameBytes: 100 })).toThrow(/more than 100 bytes/);
  });
});
