import { membersHeard } from '@trestle/cluster';
import type { Node, NodeName } from '@trestle/runtime';
import type { Cache } from './cache';
import { TimeLimits } from './loads/time-limits';

/** How long it may take to meet the members, in ms: then those that were met are enough to begin with. */
const withinMs = 2_000;

/**
 * Has a node that holds nothing, and may be connected to one member only, meet all: those that it sees name the others. What
 * goes through the whole cache would miss what these hold.
 * @param watch the name of the process that watches the members
 */
export async function meetMembers(node: Node, cache: Cache, watch: string): Promise<void> {
  const meet = async (): Promise<void> => {
    const seen = cache.members();
    const named = await Promise.all(seen.map((member) => namedBy(cache, member)));
    const others = new Set(named.flat().filter((other) => !seen.includes(other)));
    await Promise.all(Array.from(others, (other) => node.connect(other)));
    await membersHeard(node, watch);
  };
  const late = (): Error => new Error('not all members were met in time');
  await new TimeLimits(node).within(withinMs, meet, late).catch(() => undefined);
}

async function namedBy(cache: Cache, member: NodeName): Promise<readonly NodeName[]> {
  const statistics = await cache.statistics(member, { timeoutMs: withinMs }).catch(() => undefined);
  return statistics?.peers ?? [];
}
