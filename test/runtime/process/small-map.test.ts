import fc from 'fast-check';
import { SmallMap } from '../../../packages/runtime/src/process/small-map';

const steps = fc.array(
  fc.record({
    verb: fc.constantFrom('set', 'take', 'get'),
    key: fc.constantFrom('a', 'b', 'c'),
    value: fc.nat(),
  }),
);

describe('SmallMap', () => {
  it('holds what a Map holds, whatever is done', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const small = new SmallMap<string, number>();
        const map = new Map<string, number>();
        for (const { verb, key, value } of all) {
          if (verb === 'get') expect(small.get(key)).toBe(map.get(key));
          else if (verb === 'take') {
            expect(small.take(key)).toBe(map.get(key));
            map.delete(key);
          } else {
            small.set(key, value);
            map.set(key, value);
          }
          expect(small.size).toBe(map.size);
          expect(new Map(small)).toEqual(map);
          const visited = new Map<string, number>();
          small.forEach((visit, at) => visited.set(at, visit));
          expect(visited).toEqual(map);
        }
      }),
    );
  });
});
