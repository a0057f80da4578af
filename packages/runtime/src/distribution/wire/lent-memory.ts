/**
 * Which blocks of memory are free: those that nobody writes to any more, and of which nothing is lent that has not been
 * sent. The network may still be reading what was sent.
 */
export class LentMemory {
  /** How many parts of a block are lent. */
  private readonly parts = new Map<ArrayBuffer, number>();
  /** Blocks that nobody writes to, of which parts are lent. */
  private readonly left = new Set<ArrayBuffer>();
  private free: ArrayBuffer[] = [];

  /** A part of a block is kept, and will be given back. */
  lend(block: ArrayBuffer): void {
    this.parts.set(block, (this.parts.get(block) ?? 0) + 1);
  }

  giveBack(block: ArrayBuffer): void {
    const parts = (this.parts.get(block) ?? 0) - 1;
    if (parts > 0) {
      this.parts.set(block, parts);
      return;
    }
    this.parts.delete(block);
    if (this.left.delete(block)) this.free.push(block);
  }

  /** Nobody writes to a block any more, nor takes any further part of it. */
  leave(block: ArrayBuffer): void {
    if (this.parts.has(block)) this.left.add(block);
    else this.free.push(block);
  }

  /** The blocks that have become free; `undefined` if there are none. */
  takeFree(): readonly ArrayBuffer[] | undefined {
    if (this.free.length === 0) return undefined;
    const { free } = this;
    this.free = [];
    return free;
  }

  clear(): void {
    this.parts.clear();
    this.left.clear();
    this.free = [];
  }
}
