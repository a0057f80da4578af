import fc from 'fast-check';
import { checkKey, isCacheKey, type CacheKey } from '../../packages/cache/src/cache-key';
import { Store } from '../../packages/cache/src/store';

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

describe('the store of a cache', () => {
  it('has nothing at first', () => {
    const store = new Store();
    expect([store.size, store.get('a'), store.get(['a'])]).toEqual([0, undefined, undefined]);
  });

  it('tells numbers, strings and tuples of the same looks apart', () => {
    const store = new Store();
    const keys: CacheKey[] = [1, '1', [1], ['1'], [[1]], '[1]', '["1"]', [1, 1], ['1,1'], [], '', ['']];
    keys.forEach((key, i) => store.put(key, i));
    expect(store.size).toBe(keys.length);
    keys.forEach((key, i) => expect(store.get(key)).toBe(i));
  });

  it('takes tuples of the same parts for one key, and -0 for 0', () => {
    const store = new Store();
    store.put(['user', 7, ['eu']], 'first');
    store.put(['user', 7, ['eu']], 'second');
    store.put([-0], 'zero');
    store.put(-0, 'zero');
    expect([store.size, store.get(['user', 7, ['eu']]), store.get([0]), store.get(0)]).toEqual([
      3,
      'second',
      'zero',
      'zero',
    ]);
  });

  it('counts a stored undefined, which reads like nothing', () => {
    const store = new Store();
    store.put('a', undefined);
    expect([store.size, store.get('a')]).toEqual([1, undefined]);
  });

  it('forgets what is deleted, and does not mind if there was nothing', () => {
    const store = new Store();
    store.put('a', 1);
    store.put(['a'], 1);
    store.delete('a');
    store.delete(['a']);
    store.delete('b');
    expect([store.size, store.get('a'), store.get(['a'])]).toEqual([0, undefined, undefined]);
  });

  it('agrees with a list of entries compared part by part, whatever is put and deleted', () => {
    const change = fc.record({ key: keys(), value: fc.nat(), put: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const store = new Store();
        let entries: { key: CacheKey; value: number }[] = [];
        for (const { key, value, put } of changes) {
          entries = entries.filter((entry) => !isSame(entry.key, key));
          if (put) entries.push({ key, value });
          if (put) store.put(key, value);
          else store.delete(key);
        }
        expect(store.size).toBe(entries.length);
        for (const { key, value } of entries) expect(store.get(key)).toBe(value);
      }),
    );
  });
});

/** Few different keys, so that they meet. */
function keys(): fc.Arbitrary<CacheKey> {
  const plain = fc.constantFrom<CacheKey>('a', '1', '', 1, 0, -0, 0.5);
  return fc.oneof(plain, fc.array(fc.oneof(plain, fc.array(plain, { maxLength: 2 })), { maxLength: 2 }));
}

function isSame(a: CacheKey, b: CacheKey): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return a.length === b.length && a.every((part, i) => isSame(part, b[i]!));
}
