/** A load, by its cache and its key. */
export type LoadId = string;

/**
 * Which loads of a node wait for which, as far as it is known: a function that loads is known as long as it does not wait.
 * One that asks for the key it is loading, there or by way of others, would wait for itself.
 */
export class LoadWaits {
  private loading: LoadId | null = null;
  private readonly waits = new Map<LoadId, LoadId[]>();

  /** Calls the function that loads, and knows meanwhile who asks. */
  run<T>(load: LoadId, call: () => T): T {
    const before = this.loading;
    this.loading = load;
    try {
      return call();
    } finally {
      this.loading = before;
    }
  }

  /**
   * Somebody asks for a key.
   * @returns what to call when it need not wait any more; `null` if it is a load that this one waits for
   */
  begin(wanted: LoadId): (() => void) | null {
    const { loading } = this;
    if (loading === null) return nothing;
    if (this.leadsTo(wanted, loading, new Set())) return null;
    const list = this.waits.get(loading) ?? [];
    this.waits.set(loading, list);
    list.push(wanted);
    return () => {
      list.splice(list.indexOf(wanted), 1);
      if (list.length === 0 && this.waits.get(loading) === list) this.waits.delete(loading);
    };
  }

  private leadsTo(from: LoadId, to: LoadId, seen: Set<LoadId>): boolean {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return (this.waits.get(from) ?? []).some((next) => this.leadsTo(next, to, seen));
  }
}

const nothing = (): void => undefined;
