import type { NodeName } from '@trestle/runtime';
import { checkOptions, nodeNameSchema, z } from '@trestle/runtime/internal';
import { BoundedRouting } from './bounded-routing';
import { Neighbours } from './neighbours';
import { EqualContest, WeightedContest, type Contest } from './contest';
import { sortedMembers, type Routing, type RoutingStrategy } from './routing';

/** How members contend for keys. */
export interface RendezvousOptions {
  /** The members that shall have more, or less, than others: 2 is twice the share of a member that is not named. */
  readonly weights?: Readonly<Record<NodeName, number>>;
  /**
   * No member has more than so many times its fair share of all hashes, 1 or more; what is too much goes to the next
   * best. Default: no limit, and chance keeps shares close to fair.
   */
  readonly maxLoad?: number;
}

const positive = z.number('a number').positive('a number above 0');
const schema = z.strictObject({
  weights: z.record(nodeNameSchema, positive, 'weights by node names').optional(),
  maxLoad: z.number('a number').min(1, '1 or more').optional(),
});

/**
 * Rendezvous hashing: for each key every member draws a number, from the key and its own name alone, and the highest
 * have it. A member that comes or goes changes only what is its own; with `maxLoad`, little else. Every look-up asks
 * all members, which for a few dozen is the fastest.
 * @throws BadArgumentError if an option is wrong
 */
export function rendezvous(options: RendezvousOptions = {}): RoutingStrategy {
  const { weights = {}, maxLoad } = checkOptions('rendezvous', schema, options) as RendezvousOptions;
  return {
    name: nameOf(weights, maxLoad),
    route: (unsorted) => {
      const members = sortedMembers(unsorted);
      const shares = members.map((member) => weights[member] ?? 1);
      const contest =
        new Set(shares).size <= 1 ? new EqualContest(members) : new WeightedContest(members, shares);
      if (maxLoad === undefined) return new RendezvousRouting(members, contest);
      return new BoundedRouting(members, contest, { shares, maxLoad });
    },
  };
}

class RendezvousRouting implements Routing {
  private readonly alone: Neighbours;

  constructor(
    readonly members: readonly NodeName[],
    private readonly contest: Contest,
  ) {
    this.alone = new Neighbours(members);
  }

  owners(hash: number, copies: number): readonly NodeName[] {
    if (copies === 1) return this.alone.of(this.contest.winner(hash), 1);
    return this.contest
      .ranking(hash)
      .slice(0, copies)
      .map((member) => this.members[member] ?? '');
  }
}

/** Two nodes whose strategies have the same name route alike. */
function nameOf(weights: Readonly<Record<NodeName, number>>, maxLoad: number | undefined): string {
  const parts = Object.keys(weights)
    .sort()
    .map((member) => `${member}: ${String(weights[member])}`);
  if (maxLoad !== undefined) parts.push(`maxLoad: ${String(maxLoad)}`);
  return parts.length === 0 ? 'rendezvous' : `rendezvous(${parts.join(', ')})`;
}
