import type { NodeName } from '@trestle/runtime';

/**
 * Which members of a cluster a key belongs to. It never changes: another set of members has another routing. A look-up
 * asks no process, and what it returns is made once and shared.
 */
export interface Routing {
  /** The members, sorted. */
  readonly members: readonly NodeName[];
  /**
   * The members that a key belongs to, the best first, all different; fewer than asked for when there are fewer.
   * @param hash the key's hash, as `routingHash` gives it
   * @param copies how many, 1 or more
   */
  owners(hash: number, copies: number): readonly NodeName[];
  /**
   * What the strategy must know of this routing besides its members to make the same again; only of strategies whose
   * routing depends on the one before. Membership processes tell each other.
   */
  readonly table?: string;
}

/** A way to spread keys over members: pure, so that all who know the same come to the same. */
export interface RoutingStrategy {
  /** What errors and reports call it. */
  readonly name: string;
  /**
   * The routing of a set of members.
   * @param members in any order
   * @param previous the routing before, if there was one: strategies that remember move as few keys as they can
   */
  route(members: readonly NodeName[], previous?: Routing): Routing;
  /**
   * The routing of a set of members that another node has; only of strategies that remember.
   * @returns `undefined` if the table is none for these members
   */
  restore?(members: readonly NodeName[], table: string): Routing | undefined;
}

/** The members in the order all nodes agree on, each once. */
export function sortedMembers(members: Iterable<NodeName>): readonly NodeName[] {
  // By code units, not by locale: two machines must not sort differently.
  return Object.freeze([...new Set(members)].sort());
}
