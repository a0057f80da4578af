/** Why other nodes have refused the parts of a node's caches, for who is starting one. */
export class Refusals {
  private readonly starting = new Map<string, (refusal: string) => void>();

  /**
   * Hears whether a part is refused while it starts.
   * @param name that of the cache: there is one of it on a node
   * @returns ends the wait
   */
  watch(name: string, refused: (refusal: string) => void): () => void {
    // A second start of that name is refused, and must not take the first one's place.
    if (!this.starting.has(name)) this.starting.set(name, refused);
    return () => {
      if (this.starting.get(name) === refused) this.starting.delete(name);
    };
  }

  /** A part is refused, and is about to end. */
  tell(name: string, refusal: string): void {
    this.starting.get(name)?.(refusal);
  }
}
