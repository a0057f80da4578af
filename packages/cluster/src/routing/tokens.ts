import type { NodeName } from '@trestle/runtime';
import { checkOptions, z } from '@trestle/runtime/internal';
import { Neighbours } from './neighbours';
import { sortedMembers, type Routing, type RoutingStrategy } from './routing';
import { holdingsText, parseHoldings } from './token-table';
import { dealTokens, moveTokens, type Holdings } from './token-plan';

/** How many tokens there are. */
export interface TokensOptions {
  /** 1 to 65,536; at least as many as there will be members. Default 1,000. */
  readonly count?: number;
}

const schema = z.strictObject({
  count: z.int('a whole number').min(1, 'at least 1').max(65_536, 'at most 65,536').optional(),
});

/**
 * Keys belong to tokens, and tokens to members: at first in blocks. A leaver's tokens are split evenly among those who
 * stay; a joiner gets the same toll from each. So the routing depends on who came and went before: nodes that have seen
 * it differently agree by telling each other their tables (see `Membership`).
 * @throws BadArgumentError if an option is wrong
 */
export function tokens(options: TokensOptions = {}): RoutingStrategy {
  const { count = 1_000 } = checkOptions('tokens', schema, options);
  return {
    name: `tokens(${String(count)})`,
    route: (unsorted, previous) => {
      const members = sortedMembers(unsorted);
      const before = previous instanceof TokenRouting ? previous.holdings : undefined;
      return new TokenRouting(
        members,
        before === undefined ? dealTokens(members, count) : moveTokens(before, members, count),
        count,
      );
    },
    restore: (unsorted, table) => {
      const members = sortedMembers(unsorted);
      const holdings = parseHoldings(table, members, count);
      return holdings && new TokenRouting(members, holdings, count);
    },
  };
}

class TokenRouting implements Routing {
  readonly table: string;
  /** The place of each token's member on the list. */
  private readonly memberOf: Uint32Array;
  private readonly groups: Neighbours;

  constructor(
    readonly members: readonly NodeName[],
    readonly holdings: Holdings,
    count: number,
  ) {
    this.table = holdingsText(members, holdings);
    this.memberOf = new Uint32Array(count);
    members.forEach((member, place) => {
      for (const token of holdings.get(member) ?? []) this.memberOf[token] = place;
    });
    this.groups = new Neighbours(members);
  }

  owners(hash: number, copies: number): readonly NodeName[] {
    const { memberOf } = this;
    return this.groups.of(memberOf[(hash >>> 0) % memberOf.length] ?? 0, copies);
  }
}
