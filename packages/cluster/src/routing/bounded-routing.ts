import type { NodeName } from '@trestle/runtime';
import type { Contest } from './contest';
import { mix } from './mix';
import type { Routing } from './routing';

/** Into so many slots hashes are put. A power of two. */
const slotBits = 12;
const slotCount = 2 ** slotBits;

interface Bound {
  /** The weight of each member. */
  readonly shares: readonly number[];
  /** How many times its fair share a member may have. */
  readonly maxLoad: number;
}

/** Members contend for slots, one after the other; who has as many as it may have passes the next on. */
export class BoundedRouting implements Routing {
  /** By slot: all members, the owner first, then the others, the best first. */
  private readonly rankings: readonly (readonly NodeName[])[];
  /** By the number of copies, then by slot: made when first asked for. */
  private readonly groups: (readonly NodeName[])[][] = [];

  constructor(
    readonly members: readonly NodeName[],
    contest: Contest,
    bound: Bound,
  ) {
    const room = roomOf(bound);
    this.rankings = Array.from({ length: slotCount }, (_, slot) => {
      const ranking = contest.ranking(mix(slot));
      const owner = ranking.find((member) => (room[member] ?? 0) > 0);
      if (owner !== undefined) room[owner] = (room[owner] ?? 0) - 1;
      const others = ranking.filter((member) => member !== owner);
      return [...(owner === undefined ? [] : [owner]), ...others].map((member) => members[member] ?? '');
    });
  }

  owners(hash: number, copies: number): readonly NodeName[] {
    const slot = mix(hash) >>> (32 - slotBits);
    const groups = (this.groups[copies] ??= []);
    return (groups[slot] ??= Object.freeze((this.rankings[slot] ?? []).slice(0, copies)));
  }
}

/** How many slots each member may have. Rounded up, so that together they may have all. */
function roomOf({ shares, maxLoad }: Bound): number[] {
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => Math.ceil((maxLoad * slotCount * share) / sum));
}
