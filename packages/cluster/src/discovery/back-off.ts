/** How long to wait before trying again. */
export interface BackOff {
  /** Milliseconds before the first retry, at most. Each further one waits twice as long. */
  readonly minMs: number;
  /** Milliseconds no wait is longer than. */
  readonly maxMs: number;
}

/**
 * The wait before a retry: exponential, of which one half is left to chance, so that the nodes which lost one another
 * at the same moment do not dial at the same moment.
 * @param failures how many tries have failed since it last worked
 * @param chance a number in [0, 1)
 */
export function backOffMs({ minMs, maxMs }: BackOff, failures: number, chance: number): number {
  const full = Math.min(maxMs, minMs * 2 ** failures);
  return Math.round(full * (0.5 + chance / 2));
}
