/** Something that lets things pass, or keeps them waiting until it is opened. */
export class Gate {
  private shut = false;
  private readonly waiting = new Set<() => void>();

  get isShut(): boolean {
    return this.shut;
  }

  close(): void {
    this.shut = true;
  }

  /** Lets those go on that wait, in the order in which they came. */
  open(): void {
    if (!this.shut) return;
    this.shut = false;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const goOn of waiting) goOn();
  }

  /** Has `goOn` called when it opens. */
  wait(goOn: () => void): void {
    this.waiting.add(goOn);
  }

  /** It waits no more. */
  leave(goOn: () => void): void {
    this.waiting.delete(goOn);
  }
}
