import { checkKey, isCacheKey } from '../../packages/cache/src/terms/cache-key';

describe('the key of a cache', () => {
  const within: unknown[] = [];
  within.push(within);
  const nested = (depth: number): unknown => (depth === 0 ? 'x' : [nested(depth - 1)]);

  it.each([['k'], [''], [0], [-1.5], [2 ** 80], [[]], [['a', 1, ['b']]], [nested(32)]])(
    'can be %p',
    (key) => {
      expect(isCacheKey(key)).toBe(true);
    },
  );

  it.each([
    [NaN],
    [Infinity],
    [undefined],
    [null],
    [true],
    [1n],
    [{}],
    [new Map()],
    [Symbol('s')],
    [() => 1],
    [['a', undefined]],
    // eslint-disable-next-line no-sparse-arrays
    [[, 'a']],
    [['a', { b: 1 }]],
    [new Uint8Array(1)],
    [nested(33)],
    [within],
  ])('cannot be %p', (key) => {
    expect(isCacheKey(key)).toBe(false);
    expect(() => checkKey('cache get', key)).toThrow(
      /^cache get: expected a key: a string, a finite number, or a tuple of them, nested at most 32 deep, got /,
    );
  });
});
