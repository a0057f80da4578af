import type { LocalProcess } from '../../process/local-process';

/** Somebody who has a lock, or waits for it. */
interface Claim {
  grant(): void;
  refuse(error: unknown): void;
}

/** The locks of a registry: each is one's at a time, and the next one's in the order they came. */
export class RegistryLocks {
  /** By key; the first of those who claim a lock has it. */
  private readonly claims = new Map<unknown, Claim[]>();

  /**
   * Waits for a lock. It is given back when its process ends; never settles if that ends while it waits.
   * @param process who wants it, unless it is code that is no process
   * @returns what gives it back
   */
  acquire(key: unknown, process: LocalProcess | null): Promise<() => void> {
    return new Promise((grant, refuse) => {
      const giveBack = (): void => {
        process?.offEnd(giveBack);
        this.drop(key, claim);
      };
      const claim: Claim = {
        grant: () => {
          grant(giveBack);
        },
        refuse,
      };
      process?.onEnd(giveBack);
      this.add(key, claim);
    });
  }

  /** Nobody gets a lock any more; those who have one keep it until they are done. */
  close(error: unknown): void {
    for (const [, ...waiting] of this.claims.values()) for (const claim of waiting) claim.refuse(error);
    this.claims.clear();
  }

  private add(key: unknown, claim: Claim): void {
    const queue = this.claims.get(key);
    if (queue !== undefined) {
      queue.push(claim);
      return;
    }
    this.claims.set(key, [claim]);
    claim.grant();
  }

  private drop(key: unknown, claim: Claim): void {
    const queue = this.claims.get(key) ?? [];
    const place = queue.indexOf(claim);
    if (place === -1) return;
    queue.splice(place, 1);
    if (queue.length === 0) this.claims.delete(key);
    else if (place === 0) queue[0]?.grant();
  }
}
