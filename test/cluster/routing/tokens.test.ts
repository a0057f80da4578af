import { phash2, routingHash, tokens, type Routing } from '@trestle/cluster';
import fc from 'fast-check';

const strategy = tokens();
const five = [1, 2, 3, 4, 5].map((i) => `apothik_${String(i)}@127.0.0.1`);

/** The owner of each token. */
function table(routing: Routing, count = 1_000): string[] {
  return Array.from({ length: count }, (_, token) => routing.owners(token, 1)[0]!);
}

function sizes(routing: Routing, count?: number): number[] {
  const owners = table(routing, count);
  return routing.members.map((member) => owners.filter((owner) => owner === member).length);
}

/** Members that come and go, one at a time; there is always one. */
const changes = fc
  .array(fc.integer({ min: 0, max: 9 }), { maxLength: 12 })
  .map((numbers) => numbers.map((number) => `n${String(number)}@127.0.0.1`));

function* histories(steps: readonly string[], count?: number): Generator<readonly [Routing, Routing]> {
  const made = tokens(count === undefined ? {} : { count });
  let routing = made.route(['n0@127.0.0.1', 'n1@127.0.0.1']);
  for (const name of steps) {
    const stay = routing.members.filter((member) => member !== name);
    const next = stay.length === routing.members.length ? [...stay, name] : stay;
    if (next.length === 0) continue;
    const after = made.route(next, routing);
    yield [routing, after];
    routing = after;
  }
}

describe('routing by tokens', () => {
  it('gives each member a block at first, and a key to the owner of the token that phash2 gives', () => {
    const routing = strategy.route(five);
    expect(table(routing)).toEqual(five.flatMap((member) => Array<string>(200).fill(member)));
    expect(routing.table).toBe('0-199;200-399;400-599;600-799;800-999');
    for (let i = 0; i < 100; i++) {
      expect(routing.owners(routingHash(i), 1)).toEqual([five[Math.floor(phash2(i, 1_000) / 200)]]);
    }
  });

  it('splits the tokens of a leaver evenly, and takes an equal toll for a joiner', () => {
    const all = strategy.route(five);
    const four = strategy.route(five.toSpliced(1, 1), all);
    expect(sizes(four)).toEqual([250, 250, 250, 250]);
    expect(four.table).toBe('0-199,350-399;400-599,300-349;600-799,250-299;800-999,200-249');
    const six = strategy.route([...five, 'apothik_6@127.0.0.1'], all);
    expect(sizes(six)).toEqual([167, 167, 167, 167, 166, 166].toSorted((a, b) => b - a));
  });

  it('is as it was when a leaver returns', () => {
    fc.assert(
      fc.property(fc.nat(4), (which) => {
        const all = strategy.route(five);
        const four = strategy.route(five.toSpliced(which, 1), all);
        expect(strategy.route(five, four).table).toBe(all.table);
      }),
    );
  });

  it('has the same tokens, evenly spread, after whatever has come and gone', () => {
    fc.assert(
      fc.property(changes, fc.constantFrom(1, 3, 7, 100, 1_000), (steps, count) => {
        for (const [, routing] of histories(steps, count)) {
          const all = sizes(routing, count);
          expect(all.reduce((sum, size) => sum + size, 0)).toBe(count);
          expect(Math.max(...all) - Math.min(...all)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('never moves a token between two that stay, and no more of them than it must', () => {
    fc.assert(
      fc.property(changes, (steps) => {
        for (const [before, after] of histories(steps)) {
          const [old, now] = [table(before), table(after)];
          const moved = old.map((owner, token) => [owner, now[token]!] as const).filter(([a, b]) => a !== b);
          const stays = (member: string): boolean => after.members.includes(member);
          expect(moved.filter(([from, to]) => stays(from) && before.members.includes(to))).toStrictEqual([]);
          const most = Math.ceil(1_000 / Math.max(before.members.length, after.members.length));
          expect(moved.length).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it('can be made again from its table, and is then what it was, also for what comes next', () => {
    fc.assert(
      fc.property(changes, (steps) => {
        for (const [, routing] of histories(steps)) {
          const again = strategy.restore!(routing.members, routing.table!)!;
          expect(table(again)).toEqual(table(routing));
          expect(again.table).toBe(routing.table);
          const next = [...routing.members.slice(1), 'new@127.0.0.1'];
          expect(strategy.route(next, again).table).toBe(strategy.route(next, routing).table);
        }
      }),
    );
  });

  it.each([
    '',
    '0-999',
    '0-998;',
    '0-499;499-998',
    '0-499;500-1000',
    '0-499;500-998',
    '499-0;500-999',
    'x;y',
    '0-499;500-999;',
    '0-499;5e2-999',
  ])('makes nothing of a table that is none: %p', (text) => {
    expect(strategy.restore!(['a@h', 'b@h'], text)).toBeUndefined();
  });

  it('deals anew when none of those before is left', () => {
    const before = strategy.route(['x@h', 'y@h']);
    expect(strategy.route(five, before).table).toBe(strategy.route(five).table);
    expect(strategy.route(five, strategy.route([], before)).table).toBe(strategy.route(five).table);
  });
});
