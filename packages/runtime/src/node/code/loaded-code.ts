/** A class, whatever it makes. */
type Class = abstract new (...args: never[]) => object;

/**
 * Which class a node starts in place of another: what an upgrade has loaded. A program that never changes its code pays
 * a look at `null` for it. OTP: the code server, where the newest version of a module is the one that is started.
 */
export class LoadedCode {
  private successors: Map<Class, Class> | null = null;

  /** The newest version of a class: itself, if nothing was loaded in its place. */
  newest<C extends Class>(Class: C): C {
    if (this.successors === null) return Class;
    let newest: Class = Class;
    for (let next = this.successors.get(newest); next !== undefined; next = this.successors.get(newest))
      newest = next;
    return newest as C;
  }

  /**
   * From now on `New` is started in place of `Old`, also where that was `New`'s own successor: a downgrade.
   * @returns puts back what was loaded before
   */
  load(Old: Class, New: Class): () => void {
    const before = this.successors;
    const successors = new Map(before);
    successors.delete(New);
    if (Old !== New) successors.set(Old, New);
    this.successors = successors.size === 0 ? null : successors;
    return () => {
      this.successors = before;
    };
  }
}
