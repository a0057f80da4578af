import type { NodeName } from '@trestle/runtime';

/**
 * Nodes that may be met any moment: they were greeted, or others name them. What depends on them waits, a second at least and two
 * at most. Who is not met by then counts as not there, however often others name it, until the members change.
 */
export class Expected {
  /** Each with how many looks it has been waited for. */
  private readonly waited = new Map<NodeName, number>();
  private readonly givenUp = new Set<NodeName>();

  get size(): number {
    return this.waited.size;
  }

  all(): IterableIterator<NodeName> {
    return this.waited.keys();
  }

  has(node: NodeName): boolean {
    return this.waited.has(node);
  }

  add(node: NodeName): void {
    this.givenUp.delete(node);
    if (!this.waited.has(node)) this.waited.set(node, 0);
  }

  /** Others say that it is there. @returns whether it is waited for from now on */
  named(node: NodeName): boolean {
    if (this.givenUp.has(node) || this.waited.has(node)) return false;
    this.waited.set(node, 0);
    return true;
  }

  met(node: NodeName): void {
    this.waited.delete(node);
    this.givenUp.delete(node);
  }

  /** It is not there. @returns whether it was waited for */
  giveUp(node: NodeName): boolean {
    if (!this.waited.delete(node)) return false;
    this.givenUp.add(node);
    return true;
  }

  /** A second has passed. */
  look(): void {
    for (const [node, looks] of this.waited) {
      if (looks === 0) this.waited.set(node, 1);
      else this.giveUp(node);
    }
  }

  /** Other members are there than before: who could not be met may be met now. */
  changed(): void {
    this.givenUp.clear();
  }
}
