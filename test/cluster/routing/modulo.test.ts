import { modulo, phash2, routingHash } from '@trestle/cluster';

const members = ['e', 'c', 'a', 'd', 'b'].map((name) => `${name}@127.0.0.1`);
const sorted = members.toSorted();

describe('routing by the hash modulo the number of members', () => {
  it('chooses the member at the place that phash2 gives on the sorted list', () => {
    const routing = modulo.route(members);
    expect(routing.members).toEqual(sorted);
    for (const key of ['k_1_1', 'k_1_2', 7, -1, 2 ** 40, ['user', 7]]) {
      expect(routing.owners(routingHash(key), 1)).toEqual([sorted[phash2(key, 5)]]);
    }
  });

  it('chooses as further owners the neighbours on the list, which is a circle', () => {
    const routing = modulo.route(members);
    for (let i = 0; i < 100; i++) {
      const at = phash2(i, 5);
      const circle = [...sorted, ...sorted];
      expect(routing.owners(routingHash(i), 3)).toEqual(circle.slice(at, at + 3));
    }
  });

  it('knows no more owners than members, and none without members', () => {
    expect(modulo.route(['alone@127.0.0.1']).owners(routingHash('any key'), 3)).toEqual(['alone@127.0.0.1']);
    expect(modulo.route([]).owners(routingHash('any key'), 1)).toStrictEqual([]);
  });

  it('makes no array for a look-up', () => {
    const routing = modulo.route(members);
    for (const copies of [1, 3]) {
      expect(routing.owners(-7, copies)).toBe(routing.owners(-7, copies));
      expect(Object.isFrozen(routing.owners(-7, copies))).toBe(true);
    }
  });
});
