import { byteSize } from '../../../packages/cache/src/store/byte-size';

describe('about how many bytes a value takes', () => {
  it.each<[string, unknown, number]>([
    ['a number', 7, 8],
    ['a text', 'x'.repeat(100), 108],
    ['a whole number of any size', 2n ** 800n, 8 + 101],
    ['bytes', new Uint8Array(1_000), 1_008],
    ['numbers of eight bytes each', new Float64Array(100), 808],
    ['an array: its parts, too', ['x'.repeat(100), 7], 8 + 108 + 8],
    ['a set: its parts, too', new Set(['x'.repeat(100), 7]), 8 + 108 + 8],
    ['a map: keys and values', new Map([['abcd', 'x'.repeat(100)]]), 8 + 12 + 108],
    ['an object: names and values', { abcd: 'x'.repeat(100) }, 8 + 4 + 108],
    ['what is in what is in it', [{ a: [new Set(['x'.repeat(100)])] }], 8 + 8 + 1 + 8 + 8 + 108],
  ])('is told of %s', (_what, value, bytes) => {
    expect(byteSize(value)).toBe(bytes);
  });

  it('ends with what is nested too deep to travel, also if it holds itself', () => {
    const ring: unknown[] = [];
    ring.push(ring);
    expect(byteSize(ring)).toBe(201 * 8);
  });
});
