import type { NodeName } from '@trestle/runtime';

/** The groups of neighbours on a list of members, read as a circle: member `at` and those that follow it. */
export class Neighbours {
  /** By the size of the groups: made when one is first asked for. */
  private readonly bySize: (readonly (readonly NodeName[])[] | undefined)[] = [];

  constructor(private readonly members: readonly NodeName[]) {}

  /** @param at the place of a member, from 0 */
  of(at: number, size: number): readonly NodeName[] {
    const groups = this.bySize[size] ?? (this.bySize[size] = this.groupsOf(size));
    return groups[at] ?? nobody;
  }

  private groupsOf(size: number): readonly (readonly NodeName[])[] {
    const circle = [...this.members, ...this.members];
    const length = Math.min(size, this.members.length);
    return this.members.map((_member, at) => Object.freeze(circle.slice(at, at + length)));
  }
}

/** The owners when there are no members. */
const nobody: readonly NodeName[] = Object.freeze([]);
