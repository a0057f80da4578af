import type { NodeName } from '@trestle/runtime';
import { sortedMembers, type Routing, type RoutingStrategy } from '../routing/routing';

/** Called when other members, or another routing of the same members, are there. */
export type MembersListener = (now: Routing, before: Routing) => void;

/** The members of a cluster as one node sees them now, and whose which key is. */
export interface Membership {
  /** The routing of now: a shared value, no process is asked. Whoever needs two answers of one routing keeps it. */
  current(): Routing;
  /**
   * Has a function called at each change, after `current` has changed. It must not wait, and what it throws is logged.
   * @returns takes the listener away
   */
  onChange(listener: MembersListener): () => void;
}

/**
 * Members that never change: those of a list.
 * @param nodes in any order; every node must be given the same
 */
export function fixedMembership(nodes: readonly NodeName[], strategy: RoutingStrategy): Membership {
  const routing = strategy.route(sortedMembers(nodes));
  return { current: () => routing, onChange: () => () => undefined };
}
