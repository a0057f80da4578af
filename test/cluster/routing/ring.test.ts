import { ring } from '@trestle/cluster';

const names = Array.from({ length: 10 }, (_, i) => `n${i}@h`);

it('a key behind the last place of a ring belongs to the member of the first, whoever the members are', () => {
  for (let count = 1; count <= names.length; count++) {
    const routing = ring({ virtualNodes: 16 }).route(names.slice(0, count));
    expect(routing.owners(2 ** 32 - 1, 3)).toEqual(routing.owners(0, 3));
    expect(routing.owners(-1, 1)).toEqual(routing.owners(0, 1));
  }
});

it('a ring without members has no owners, for however many copies', () => {
  const routing = ring().route([]);
  for (const copies of [1, 2, 3]) expect(routing.owners(4_711, copies)).toStrictEqual([]);
});
