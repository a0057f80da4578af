import type { NodeName } from '@trestle/runtime';
import { checkOptions, z } from '@trestle/runtime/internal';
import { mix, seedOf } from './mix';
import { Neighbours } from './neighbours';
import { sortedMembers, type Routing, type RoutingStrategy } from './routing';

/** How a ring is made. */
export interface RingOptions {
  /**
   * The places of a member on the ring, 1 to 65,536. The more, the evener the shares: with 1,024 a member's share is within
   * about a tenth of the fair one. Default 1,024.
   */
  readonly virtualNodes?: number;
}

const schema = z.strictObject({
  virtualNodes: z.int('a whole number').min(1, 'at least 1').max(65_536, 'at most 65,536').optional(),
});

/** A point, of 32 bits, and the place of its member on the list share one number, by which both are sorted at once. */
const memberRange = 2 ** 20;

/**
 * A hash ring: each member has many places on a circle, and a key belongs to the member whose place comes next, then to
 * the next that is another. A member that comes or goes changes only what is its own. OTP: libring, ex_hash_ring.
 * @throws BadArgumentError if an option is wrong
 */
export function ring(options: RingOptions = {}): RoutingStrategy {
  const { virtualNodes = 1_024 } = checkOptions('ring', schema, options);
  return {
    name: `ring(${String(virtualNodes)})`,
    route: (members) => new RingRouting(sortedMembers(members), virtualNodes),
  };
}

class RingRouting implements Routing {
  /** Ascending. */
  private readonly points: Uint32Array;
  /** The place, on the list of members, of the member of each point. */
  private readonly memberAt: Uint32Array;
  /** For the upper bits of a hash, the first point that is not below all hashes that begin so. */
  private readonly firstOf: Uint32Array;
  private readonly shift: number;
  private readonly alone: Neighbours;
  /** By the number of copies, then by point: made when first asked for. */
  private readonly groups: (readonly NodeName[])[][] = [];

  constructor(
    readonly members: readonly NodeName[],
    virtualNodes: number,
  ) {
    const placed = placesOf(members, virtualNodes);
    this.points = new Uint32Array(placed.length);
    this.memberAt = new Uint32Array(placed.length);
    // A loop: `from` would iterate, which takes longer than all the rest.
    for (let at = 0; at < placed.length; at++) {
      const place = placed[at] ?? 0;
      const point = Math.floor(place / memberRange);
      this.points[at] = point;
      this.memberAt[at] = place - point * memberRange;
    }
    this.shift = Math.clz32(placed.length);
    this.firstOf = firstsOf(this.points, this.shift);
    this.alone = new Neighbours(members);
  }

  owners(hash: number, copies: number): readonly NodeName[] {
    const at = this.find(hash >>> 0);
    if (copies === 1) return this.alone.of(this.memberAt[at] ?? 0, 1);
    const groups = (this.groups[copies] ??= []);
    return (groups[at] ??= this.groupAt(at, copies));
  }

  /** The first point that is not below a hash; the first of all if there is none. */
  private find(hash: number): number {
    const { points } = this;
    let at = this.firstOf[hash >>> this.shift] ?? 0;
    while (at < points.length && (points[at] ?? 0) < hash) at++;
    return at === points.length ? 0 : at;
  }

  private groupAt(at: number, copies: number): readonly NodeName[] {
    const group = new Set<number>();
    const size = Math.min(copies, this.members.length);
    for (let i = at; group.size < size; i++) group.add(this.memberAt[i % this.memberAt.length] ?? 0);
    return Object.freeze(Array.from(group, (member) => this.members[member] ?? ''));
  }
}

/** All places on the ring, ascending. Where two members have the same one, it is the first's in the order of names. */
function placesOf(members: readonly NodeName[], virtualNodes: number): Float64Array {
  const places = new Float64Array(members.length * virtualNodes);
  members.forEach((member, index) => {
    const seed = seedOf(member);
    for (let i = 0; i < virtualNodes; i++) {
      // Steps of the golden ratio never come back to the same number within 2^32 steps.
      const point = mix(seed + Math.imul(i, 0x9e3779b9)) >>> 0;
      places[index * virtualNodes + i] = point * memberRange + index;
    }
  });
  return places.sort();
}

function firstsOf(points: Uint32Array, shift: number): Uint32Array {
  const firsts = new Uint32Array(2 ** (32 - shift));
  let at = 0;
  for (let upper = 0; upper < firsts.length; upper++) {
    while (at < points.length && (points[at] ?? 0) >>> shift < upper) at++;
    firsts[upper] = at;
  }
  return firsts;
}
