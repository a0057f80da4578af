import { ownerByModulo, phash2 } from '@trestle/cluster';
import { BadArgumentError } from '@trestle/runtime';

describe('routing by the hash modulo the number of members', () => {
  it('chooses the member at the place that phash2 gives', () => {
    const members = ['a', 'b', 'c', 'd', 'e'];
    for (const key of ['k_1_1', 'k_1_2', 7, ['user', 7]]) {
      expect(ownerByModulo(members, key)).toBe(members[phash2(key, 5)]);
    }
    expect(ownerByModulo(['alone'], 'any key')).toBe('alone');
  });

  it('refuses a list without members, and a key that cannot be hashed', () => {
    expect(() => ownerByModulo([], 'a')).toThrow(BadArgumentError);
    expect(() => ownerByModulo(['a'], NaN)).toThrow(BadArgumentError);
  });
});
