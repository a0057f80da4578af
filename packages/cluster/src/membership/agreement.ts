import { isNodeName, type NodeName } from '@trestle/runtime';
import type { Routing, RoutingStrategy } from '../routing/routing';

/**
 * How nodes that have seen members come and go in different orders come to one routing. Each claims the routing it has;
 * of two claims for the same members everybody takes the better one. Claims have a total order, so all end with the best.
 *
 * The better claim is that of more members: those who were known to share the routing that it was made from. So one node
 * that was cut off, and gave and took tokens on its own, does not turn the others' routing over when it returns.
 */
export interface Agreement {
  readonly self: NodeName;
  readonly routing: Routing;
  /** How many stand behind the routing: 0 when it was made from nothing, -1 when a node made it that is no member. */
  readonly support: number;
  /** The members known to have this routing. */
  readonly shared: ReadonlySet<NodeName>;
}

/** What a membership process tells the others of its routing. */
export interface Claim {
  readonly from: NodeName;
  /** The name of the strategy. */
  readonly strategy: string;
  readonly members: readonly NodeName[];
  readonly table: string;
  readonly support: number;
}

/** What a claim that was heard leads to, and whom to tell what is claimed now. */
export interface Heard {
  readonly agreement: Agreement;
  readonly tell: 'nobody' | 'sender' | 'all';
}

/** The first routing of a process, made from nothing. */
export function beginAgreement(self: NodeName, routing: Routing): Agreement {
  return { self, routing, support: routing.members.includes(self) ? 0 : -1, shared: new Set([self]) };
}

/** The members are others now. */
export function changeMembers(
  before: Agreement,
  strategy: RoutingStrategy,
  members: readonly NodeName[],
): Agreement {
  const sharing = members.filter((member) => before.shared.has(member)).length;
  // A client goes by what members tell it.
  const support = members.includes(before.self) ? sharing : -1;
  // What nobody else shares is not worth keeping: nodes that meet for the first time have the same from the start.
  const routing = sharing > 1 ? strategy.route(members, before.routing) : strategy.route(members);
  return complete({ ...before, routing, support, shared: new Set([before.self]) });
}

/** What this node claims. */
export function claimOf({ self, routing, support }: Agreement, strategy: RoutingStrategy): Claim {
  const { members, table = '' } = routing;
  return { from: self, strategy: strategy.name, members, table, support };
}

/** A claim of another node has arrived. */
export function hearClaim(before: Agreement, strategy: RoutingStrategy, claim: Claim): Heard {
  // A node that sees other members will see the same ones before long, and claims again then.
  if (!isSame(claim.members, before.routing.members)) return { agreement: before, tell: 'nobody' };
  const mine = claimOf(before, strategy);
  const order = compare(claim, mine);
  const support = Math.max(claim.support, mine.support);
  const shared = new Set([...before.shared, claim.from]);
  if (claim.table === mine.table) {
    return { agreement: complete({ ...before, support, shared }), tell: order > 0 ? 'sender' : 'nobody' };
  }
  return order > 0 ? { agreement: before, tell: 'sender' } : adopt(before, strategy, claim);
}

function adopt(before: Agreement, strategy: RoutingStrategy, claim: Claim): Heard {
  const routing = strategy.restore?.(claim.members, claim.table);
  if (routing === undefined) return { agreement: before, tell: 'nobody' };
  const shared = new Set([before.self, claim.from]);
  // All are told: the one who claimed it may be gone before all others have heard it.
  return { agreement: complete({ ...before, routing, support: claim.support, shared }), tell: 'all' };
}

/** What all members share has all of them behind it. */
function complete(agreement: Agreement): Agreement {
  const { members } = agreement.routing;
  if (!members.every((member) => agreement.shared.has(member))) return agreement;
  return { ...agreement, support: Math.max(agreement.support, members.length) };
}

/** Below 0 if the first is better. */
function compare(one: Claim, other: Claim): number {
  if (one.support !== other.support) return other.support - one.support;
  if (one.table === other.table) return 0;
  return one.table < other.table ? -1 : 1;
}

function isSame(one: readonly NodeName[], other: readonly NodeName[]): boolean {
  return one.length === other.length && one.every((member, i) => member === other[i]);
}

/** Tells whether a message is a claim: what arrives may have been sent by anybody. */
export function isClaim(message: unknown): message is Claim {
  const { from, strategy, members, table, support } = (message ?? {}) as Partial<
    Record<keyof Claim, unknown>
  >;
  return (
    isNodeName(from) &&
    typeof strategy === 'string' &&
    Array.isArray(members) &&
    typeof table === 'string' &&
    typeof support === 'number'
  );
}
