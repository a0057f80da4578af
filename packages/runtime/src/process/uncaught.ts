/**
 * Lets Node report an error as uncaught, without cutting short the work of others: for errors that are no process's
 * own, such as those of listeners.
 */
export function raiseUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
