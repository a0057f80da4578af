import { LongTimer } from '../../process/long-timer';
import type { Waiter } from './waiter';

/** Something whose end an owner waits for. */
export interface Waitable {
  /** How it ended; `undefined` if it has not. */
  readonly outcome: { readonly status: string } | undefined;
  /** Who is told when it is over; there is one at a time. */
  listener: (() => void) | null;
}

/** When there is no sense in waiting on. */
export interface Enough {
  /** How many tasks must be over. */
  readonly count: number;
  /** Whether one that ended without a result is enough. */
  readonly orOneExit: boolean;
}

/** Those of the tasks that are over. */
export function whichAreOver<T extends Waitable>(tasks: readonly T[]): T[] {
  return tasks.filter((task) => task.outcome !== undefined);
}

/**
 * Waits until enough tasks are over, or the time is. Never settles once the owner has ended.
 * @returns whether it was enough
 */
export function waitForSome(
  owner: Waiter,
  tasks: readonly Waitable[],
  enough: Enough,
  timeoutMs: number,
): Promise<boolean> {
  const pending = new Set(tasks.filter((task) => task.outcome === undefined));
  const isFailed = (task: Waitable): boolean => enough.orOneExit && task.outcome?.status === 'exit';
  let missing = Math.min(enough.count, tasks.length) - (tasks.length - pending.size);
  if (missing <= 0 || tasks.some(isFailed)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const stop = (): void => {
      timer.cancel();
      owner.offEnd(stop);
      for (const task of pending) task.listener = null;
    };
    const finish = (isEnough: boolean): void => {
      stop();
      // Not before the owner has felt its link to the task: if that ends it, it does not go on.
      queueMicrotask(() => {
        if (!owner.hasEnded) resolve(isEnough);
      });
    };
    const timer = new LongTimer(owner.local.clock, timeoutMs, () => {
      finish(false);
    });
    owner.onEnd(stop);
    for (const task of pending) {
      task.listener = (): void => {
        missing -= 1;
        if (missing === 0 || isFailed(task)) finish(true);
      };
    }
  });
}
