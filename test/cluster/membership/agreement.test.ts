import { tokens, type Routing } from '@trestle/cluster';
import {
  beginAgreement,
  changeMembers,
  claimOf,
  hearClaim,
  type Agreement,
} from '../../../packages/cluster/src/membership/agreement';
import fc from 'fast-check';

const strategy = tokens({ count: 60 });
const names = ['a@h', 'b@h', 'c@h', 'd@h', 'e@h'];

/** Agreements of nodes that all see each other; what they tell each other arrives in an order that chance chooses. */
class Group {
  readonly at = new Map<string, Agreement>();
  private readonly onTheirWay: { from: string; to: string }[] = [];

  constructor(agreements: readonly Agreement[]) {
    for (const agreement of agreements) this.at.set(agreement.self, agreement);
    for (const { self } of agreements) this.tellAll(self);
  }

  /** Delivers what is on its way, as it is when it is sent, until nothing is. */
  deliver(next: (among: number) => number): number {
    let delivered = 0;
    for (; this.onTheirWay.length > 0 && delivered < 10_000; delivered++) {
      const { from, to } = this.onTheirWay.splice(next(this.onTheirWay.length), 1)[0]!;
      const claim = claimOf(this.at.get(from)!, strategy);
      const { agreement, tell } = hearClaim(this.at.get(to)!, strategy, claim);
      this.at.set(to, agreement);
      if (tell === 'sender') this.onTheirWay.push({ from: to, to: from });
      if (tell === 'all') this.tellAll(to);
    }
    return delivered;
  }

  tables(): Set<string | undefined> {
    return new Set([...this.at.values()].map(({ routing }) => routing.table));
  }

  private tellAll(from: string): void {
    for (const to of this.at.keys()) if (to !== from) this.onTheirWay.push({ from, to });
  }
}

/** What a node has been through: it saw these members, one set after the other. */
function through(self: string, sets: readonly (readonly string[])[]): Agreement {
  const seen = (set: readonly string[]): string[] => [...new Set([self, ...set])].toSorted();
  const first = beginAgreement(self, strategy.route([self]));
  return sets.reduce((agreement, set) => changeMembers(agreement, strategy, seen(set)), first);
}

const histories = fc.array(fc.array(fc.subarray(names), { maxLength: 5 }), { minLength: 5, maxLength: 5 });

/** All of them have come to see all members. */
function met(pasts: readonly (readonly (readonly string[])[])[]): Agreement[] {
  return names.map((self, i) => through(self, [...(pasts[i] ?? []), names]));
}

describe('agreement on a routing that depends on the past', () => {
  it('is reached by nodes of any histories, whatever arrives first', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.nat()), (pasts, chance) => {
        const group = new Group(met(pasts));
        const delivered = group.deliver((among) => (chance.next().value as number) % among);
        expect(delivered).toBeLessThan(10_000);
        expect(group.tables().size).toBe(1);
      }),
    );
  });

  it('does not depend on the order in which claims arrive', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.nat()), (pasts, chance) => {
        const [one, other] = [new Group(met(pasts)), new Group(met(pasts))];
        one.deliver(() => 0);
        other.deliver((among) => (chance.next().value as number) % among);
        expect(other.tables()).toEqual(one.tables());
      }),
    );
  });

  it('keeps what most members shared when one returns that was cut off', () => {
    for (const lost of names) {
      const together = new Group(met([]));
      together.deliver(() => 0);
      const rest = names.filter((name) => name !== lost);
      const four = new Group(rest.map((name) => changeMembers(together.at.get(name)!, strategy, rest)));
      four.deliver(() => 0);
      // The one that was cut off lost the others one after the other, and found them again.
      const alone = rest.reduce<Agreement>((agreement, name) => {
        const left = agreement.routing.members.filter((member) => member !== name);
        return changeMembers(agreement, strategy, left);
      }, together.at.get(lost)!);
      const back = rest.reduce<Agreement>(
        (agreement, name) =>
          changeMembers(agreement, strategy, [...agreement.routing.members, name].toSorted()),
        alone,
      );
      const rejoined = rest.map((name) => changeMembers(four.at.get(name)!, strategy, names));
      const expected = rejoined[0]!.routing.table;
      const all = new Group([back, ...rejoined]);
      all.deliver((among) => among - 1);
      expect([...all.tables()]).toEqual([expected]);
      // And that is how keys were before it left.
      expect(expected).toBe([...together.tables()][0]);
    }
  });

  it('deals anew among nodes that meet for the first time, however they met', () => {
    fc.assert(
      fc.property(
        fc.array(fc.shuffledSubarray(names, { minLength: 5 }), { minLength: 5, maxLength: 5 }),
        (orders) => {
          const growing = orders.map((order) => order.map((_name, i) => order.slice(0, i + 1)));
          const group = new Group(met(growing));
          group.deliver(() => 0);
          expect([...group.tables()]).toEqual([strategy.route(names).table]);
        },
      ),
    );
  });

  it('gives a client, which is no member, what the members have', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.nat()), (pasts, chance) => {
        const members = new Group(met(pasts));
        members.deliver(() => 0);
        const past = (pasts[0] ?? []).map((set) => set.toSorted());
        const client = [...past, names].reduce<Agreement>(
          (agreement, set) => changeMembers(agreement, strategy, set),
          beginAgreement('client@h', strategy.route([])),
        );
        const group = new Group([...members.at.values(), client]);
        const delivered = group.deliver((among) => (chance.next().value as number) % among);
        expect(delivered).toBeLessThan(10_000);
        expect(group.tables()).toEqual(members.tables());
      }),
    );
  });

  it('has behind it what anybody knows to be behind it', () => {
    const mine = beginAgreement('a@h', strategy.route(names));
    const claim = { ...claimOf(mine, strategy), from: 'b@h', support: 4 };
    const { agreement, tell } = hearClaim(mine, strategy, claim);
    expect([agreement.support, tell]).toEqual([4, 'nobody']);
    expect(hearClaim(agreement, strategy, { ...claim, from: 'c@h', support: 1 })).toMatchObject({
      agreement: { support: 4 },
      tell: 'sender',
    });
  });

  it('is not turned over by a few once all members are known to share it', () => {
    const members = names.slice(0, 3);
    const begin = (self: string): Agreement => beginAgreement(self, strategy.route(members));
    const shared = ['b@h', 'c@h'].reduce<Agreement>(
      (agreement, other) => hearClaim(agreement, strategy, claimOf(begin(other), strategy)).agreement,
      begin('a@h'),
    );
    expect(claimOf(shared, strategy).support).toBe(3);
    const table = strategy.route(members, strategy.route(names.slice(1, 3))).table!;
    expect(table).not.toBe(shared.routing.table);
    const ofTwo = { ...claimOf(shared, strategy), from: 'c@h', table, support: 2 };
    expect(hearClaim(shared, strategy, ofTwo)).toEqual({ agreement: shared, tell: 'sender' });
  });

  it('takes nothing from a claim for other members, or one that is no table', () => {
    const mine = through('a@h', [['b@h']]);
    const other = claimOf(through('b@h', [['c@h']]), strategy);
    expect(hearClaim(mine, strategy, other)).toEqual({ agreement: mine, tell: 'nobody' });
    const lie = { ...claimOf(mine, strategy), from: 'b@h', table: '0-1;2-3', support: 99 };
    expect(hearClaim(mine, strategy, lie)).toEqual({ agreement: mine, tell: 'nobody' });
  });
});

it('makes a routing of no members when there are none', () => {
  const routing: Routing = beginAgreement('client@h', strategy.route([])).routing;
  expect(routing.owners(1, 1)).toStrictEqual([]);
});
