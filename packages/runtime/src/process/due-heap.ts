/** Something with a time at which it is due. While it waits it belongs to one heap, which owns what is here. */
export interface Dated {
  /** When, in milliseconds of a clock. To be set before it is added. */
  dueAt: number;
  /** Which of those due at the same time comes first. */
  order: number;
  /** Where it stands in the heap; -1 while it waits in none. */
  place: number;
}

/**
 * What is due, the earliest first; what is due at the same time in the order in which it was added. A binary heap in
 * which each entry knows its place, so that one that is taken out leaves nothing behind.
 */
export class DueHeap<D extends Dated> {
  private readonly heap: D[] = [];
  private count = 0;

  /** How many wait. */
  get size(): number {
    return this.heap.length;
  }

  /** What is due next. */
  get first(): D | undefined {
    return this.heap[0];
  }

  add(due: D): void {
    due.order = this.count += 1;
    this.heap.push(due);
    this.rise(due, this.heap.length - 1);
  }

  /** Drops everything. */
  clear(): void {
    for (const due of this.heap) due.place = -1;
    this.heap.length = 0;
  }

  /** Takes out one that waits here. */
  remove(due: D): void {
    const { heap } = this;
    const { place } = due;
    const last = heap.pop() as D;
    due.place = -1;
    if (last === due) return;
    if (place > 0 && isBefore(last, heap[(place - 1) >> 1] as D)) this.rise(last, place);
    else this.sink(last, place);
  }

  /** Puts `due` at `place` or nearer to the top. */
  private rise(due: D, from: number): void {
    const { heap } = this;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as D;
      if (!isBefore(due, parent)) break;
      heap[place] = parent;
      parent.place = place;
      place = above;
    }
    heap[place] = due;
    due.place = place;
  }

  /** Puts `due` at `place` or further from the top. */
  private sink(due: D, from: number): void {
    const { heap } = this;
    let place = from;
    for (let below = 2 * place + 1; below < heap.length; below = 2 * place + 1) {
      if (below + 1 < heap.length && isBefore(heap[below + 1] as D, heap[below] as D)) below += 1;
      const child = heap[below] as D;
      if (!isBefore(child, due)) break;
      heap[place] = child;
      child.place = place;
      place = below;
    }
    heap[place] = due;
    due.place = place;
  }
}

function isBefore(one: Dated, other: Dated): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order);
}
