import type { NodeName } from '@trestle/runtime';
import { stampAt } from '../../versions/hybrid-clock';

/**
 * Knows whether this node was cut off from most others for so long that they may have forgotten what was deleted
 * meanwhile. What it has from before that time cannot be trusted then: where others do not have it, it was deleted.
 * Of two equal halves the one with the first member counts as most.
 */
export class Absence {
  /** Those of whom most must be there. */
  private reference: readonly NodeName[] = [];
  private cutSince: number | null = null;
  private before = 0;

  /** @param forgottenMs after how long the others forget what was deleted */
  constructor(
    private readonly self: NodeName,
    private readonly forgottenMs: number,
  ) {}

  /** What has an older stamp cannot be trusted; 0 if everything can. */
  get trustsFrom(): number {
    return this.before;
  }

  /**
   * Other nodes are there than before.
   * @param isThere whether another member is there
   * @param now milliseconds since 1970
   */
  update(members: readonly NodeName[], isThere: (node: NodeName) => boolean, now: number): void {
    if (!this.hasMost(isThere)) {
      this.cutSince ??= now;
      return;
    }
    this.reference = members;
    if (this.cutSince !== null && now - this.cutSince >= this.forgottenMs)
      this.before = stampAt(this.cutSince);
    this.cutSince = null;
  }

  /** Everything was compared with what the others have. */
  trust(): void {
    this.before = 0;
  }

  private hasMost(isThere: (node: NodeName) => boolean): boolean {
    const { reference } = this;
    const there = reference.filter((node) => node === this.self || isThere(node));
    const [first] = reference;
    return (
      there.length * 2 > reference.length || (there.length * 2 === reference.length && there[0] === first)
    );
  }
}
