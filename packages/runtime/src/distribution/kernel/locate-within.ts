import type { Clock } from '../../terms/clock';

/** How long one waits for a search. */
export interface SearchPatience {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Gives up, when it fires. */
  readonly signal: AbortSignal;
}

/**
 * Waits for a search that may never end: a mapper, or a function of the user's, need not answer.
 * @throws Error if it does not end in time, or is given up
 */
export function locateWithin<T>(
  search: Promise<T>,
  { clock, timeoutMs, signal }: SearchPatience,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      reject(new Error('it is given up'));
    };
    const timer = clock.setTimer(() => {
      reject(new Error(`where it listens was not told within ${String(timeoutMs)} ms`));
    }, timeoutMs);
    const over = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', over);
      if (signal.aborted) giveUp();
    };
    signal.addEventListener('abort', over);
    if (signal.aborted) over();
    search.then(resolve, reject).finally(over);
  });
}
