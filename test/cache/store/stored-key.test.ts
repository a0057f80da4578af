import fc from 'fast-check';
import type { CacheKey } from '@trestle/cache';
import { keyOf, storedKey } from '../../../packages/cache/src/store/stored-key';

describe('the key under which an entry is stored', () => {
  it('tells numbers, strings and tuples of the same looks apart', () => {
    const alike: CacheKey[] = [1, '1', [1], ['1'], [[1]], '[1]', '["1"]', [1, 1], ['1,1'], [], '', ['']];
    const marked: CacheKey[] = ['\0', '\0t[1]', '\0s', '\0s\0', ['\0']];
    const keys = [...alike, ...marked];
    expect(new Set(keys.map(storedKey)).size).toBe(keys.length);
  });

  it('is the same for tuples of the same parts, and for -0 and 0', () => {
    expect(storedKey(['user', 7, ['eu']])).toBe(storedKey(['user', 7, ['eu']]));
    expect(storedKey([-0])).toBe(storedKey([0]));
    expect(Object.is(storedKey(-0), 0)).toBe(true);
  });

  it('gives the key back, whatever it is', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\0', 't', 's', '[') }),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
    );
    const key = fc.oneof(part, fc.array(fc.oneof(part, fc.array(part, { maxLength: 2 })), { maxLength: 3 }));
    fc.assert(fc.property(key, (one) => expect(keyOf(storedKey(one))).toEqual(one)));
  });
});
