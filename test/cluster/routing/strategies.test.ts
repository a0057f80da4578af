import {
  modulo,
  rendezvous,
  ring,
  routingHash,
  tokens,
  type Routing,
  type RoutingStrategy,
} from '@trestle/cluster';
import fc from 'fast-check';

const strategies = [modulo, tokens(), ring(), rendezvous(), rendezvous({ maxLoad: 1.1 })];
const steady = [tokens(), ring(), rendezvous()];
/** Spread over all hashes as evenly as can be, so that what is measured is the shares, and not the luck of the keys. */
const hashes = Array.from({ length: 2_000 }, (_, i) => Math.imul(i, 0x9e3779b9));

const name = fc.stringMatching(/^[a-z0-9_]{1,12}$/).map((text) => `${text}@127.0.0.1`);
const members = (least: number) => fc.uniqueArray(name, { minLength: least, maxLength: 12 });
const fewRuns = { numRuns: 25 };

function ownersOf(routing: Routing, copies = 1): string[] {
  return hashes.map((hash) => routing.owners(hash, copies).join(' '));
}

describe.each(strategies.map((strategy) => ({ strategy })))('routing by $strategy.name', ({ strategy }) => {
  it('gives a key its first members, all different, as many as there are, the best first', () => {
    fc.assert(
      fc.property(members(1), fc.integer({ min: 1, max: 15 }), fc.integer(), (list, copies, hash) => {
        const owners = strategy.route(list).owners(hash, copies);
        expect(owners).toHaveLength(Math.min(copies, list.length));
        expect(new Set(owners).size).toBe(owners.length);
        expect(list).toEqual(expect.arrayContaining([...owners]));
        expect(strategy.route(list).owners(hash, 1)[0]).toBe(owners[0]);
      }),
      fewRuns,
    );
  });

  it('is the same for the same members in any order', () => {
    fc.assert(
      fc.property(members(1), (list) => {
        const [one, other] = [strategy.route(list), strategy.route([...list.toReversed(), ...list])];
        expect(one.members).toEqual(list.toSorted());
        expect(other.members).toEqual(one.members);
        expect(ownersOf(other, 2)).toEqual(ownersOf(one, 2));
      }),
      fewRuns,
    );
  });

  it('takes a hash as signed or unsigned, which is the same', () => {
    const routing = strategy.route(['a@h', 'b@h', 'c@h']);
    for (const hash of hashes.slice(0, 100)) {
      expect(routing.owners(hash >>> 0, 2)).toEqual(routing.owners(hash | 0, 2));
    }
  });

  it('makes no array for the one owner of a key', () => {
    const routing = strategy.route(['a@h', 'b@h', 'c@h']);
    expect(routing.owners(17, 1)).toBe(routing.owners(17, 1));
  });

  it('has no owners without members', () => {
    expect(strategy.route([]).owners(17, 1)).toStrictEqual([]);
    expect(strategy.route([], strategy.route(['a@h'])).owners(17, 3)).toStrictEqual([]);
  });
});

describe.each(steady.map((strategy) => ({ strategy })))(
  'steady routing by $strategy.name',
  ({ strategy }) => {
    it('moves at most 1/n + 5 % of the keys when a member comes or goes, and only to it or from it', () => {
      fc.assert(
        fc.property(members(2), fc.nat(), (list, which) => {
          const one = list[which % list.length]!;
          const few = strategy.route(list.filter((member) => member !== one));
          const all = strategy.route(list, few);
          expectMoves(few, all, one);
          expectMoves(strategy.route(few.members, all), all, one);
        }),
        fewRuns,
      );
    });

    it('keeps every other copy where it is when a member goes', () => {
      fc.assert(
        fc.property(members(4), fc.nat(), (list, which) => {
          const one = list[which % list.length]!;
          const all = strategy.route(list);
          const few = strategy.route(
            list.filter((member) => member !== one),
            all,
          );
          const lost = hashes.slice(0, 500).filter((hash) => {
            const [before, after] = [all.owners(hash, 3), few.owners(hash, 3)];
            // A key whose token has another owner has that one's neighbours too.
            if (strategy.name.startsWith('tokens') && before[0] === one) return false;
            return before.some((member) => member !== one && !after.includes(member));
          });
          expect(lost).toStrictEqual([]);
        }),
        fewRuns,
      );
    });
  },
);

function expectMoves(few: Routing, all: Routing, one: string): void {
  const [before, after] = [ownersOf(few), ownersOf(all)];
  const moved = before.filter((owner, i) => owner !== after[i]);
  expect(before).not.toContain(one);
  expect(after.filter((owner, i) => owner !== before[i] && owner !== one)).toStrictEqual([]);
  expect(moved.length / hashes.length).toBeLessThanOrEqual(1 / all.members.length + 0.05);
}

describe('shares of members', () => {
  const list = Array.from({ length: 5 }, (_, i) => `apothik_${String(i + 1)}@127.0.0.1`);

  function shares(strategy: RoutingStrategy): number[] {
    const owners = ownersOf(strategy.route(list));
    return list.map((member) => owners.filter((owner) => owner === member).length / hashes.length);
  }

  it.each(strategies.map((strategy) => ({ strategy })))(
    'are close to fair with $strategy.name',
    ({ strategy }) => {
      for (const share of shares(strategy)) expect(Math.abs(share - 0.2)).toBeLessThan(0.03);
    },
  );

  it('follow the weights of rendezvous', () => {
    const weighted = shares(rendezvous({ weights: { [list[1]!]: 2, [list[2]!]: 0.5 } }));
    [1, 2, 0.5, 1, 1].forEach((weight, i) =>
      expect(Math.abs(weighted[i]! - weight / 5.5)).toBeLessThan(0.03),
    );
  });

  it('stay below the bound of rendezvous, whatever the members are called', () => {
    fc.assert(
      fc.property(members(1), fc.double({ min: 1, max: 1.5, noNaN: true }), (names, maxLoad) => {
        const routing = rendezvous({ maxLoad }).route(names);
        const counts = new Map<string, number>();
        for (let i = 0; i < 20_000; i++) {
          const owner = routing.owners(routingHash(i), 1)[0]!;
          counts.set(owner, (counts.get(owner) ?? 0) + 1);
        }
        // The bound is on slots of hashes; keys fall into them by chance.
        expect(Math.max(...counts.values()) / 20_000).toBeLessThan(maxLoad / names.length + 0.02);
      }),
      fewRuns,
    );
  });

  it('that are bounded move few keys of others when a member comes', () => {
    const strategy = rendezvous({ maxLoad: 1.25 });
    const [few, all] = [strategy.route(list.slice(1)), strategy.route(list)];
    const moved = ownersOf(few).filter((owner, i) => owner !== ownersOf(all)[i]).length;
    expect(moved / hashes.length).toBeLessThan(1 / 5 + 0.05);
  });
});

describe('options of strategies', () => {
  it.each([
    ['ring: expected options.virtualNodes', () => ring({ virtualNodes: 0 })],
    ['ring', () => ring({ virtualNodes: 1.5 })],
    ['tokens', () => tokens({ count: 0 })],
    ['tokens', () => tokens({ count: 1_000, extra: 1 } as never)],
    ['rendezvous', () => rendezvous({ weights: { 'a@h': 0 } })],
    ['rendezvous', () => rendezvous({ weights: { nobody: 1 } })],
    ['rendezvous', () => rendezvous({ maxLoad: 0.9 })],
  ])('that are wrong are refused by name (%s)', (call, make) => {
    expect(make).toThrow(call.split(':')[0]);
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_BAD_ARGUMENT' }));
  });

  it('that matter for where keys are, are in the name of the strategy', () => {
    expect(
      [modulo, tokens(), ring({ virtualNodes: 8 }), rendezvous()].map((strategy) => strategy.name),
    ).toEqual(['modulo', 'tokens(1000)', 'ring(8)', 'rendezvous']);
    expect(rendezvous({ weights: { 'b@h': 2, 'a@h': 1 }, maxLoad: 2 }).name).toBe(
      'rendezvous(a@h: 1, b@h: 2, maxLoad: 2)',
    );
  });
});
