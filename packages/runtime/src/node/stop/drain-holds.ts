/** What on a node has to be done before it may leave, such as giving away what it holds for its cluster. */
export class DrainHolds {
  private readonly holds = new Map<string, () => boolean>();

  /**
   * Has a node that drains wait.
   * @param name of who holds it: in its next life it takes the place of the hold it had before
   * @param isBusy is asked time and again while it drains; the first time when the others have been told
   * @returns takes the hold away
   */
  add(name: string, isBusy: () => boolean): () => void {
    this.holds.set(name, isBusy);
    return () => {
      if (this.holds.get(name) === isBusy) this.holds.delete(name);
    };
  }

  /** Whether the node has to wait still. All are asked: a question may begin the work. */
  isHeld(): boolean {
    return [...this.holds.values()].filter((isBusy) => isBusy()).length > 0;
  }
}
