import { TrestleError } from '@trestle/runtime';

/** Whoever was to load a value for all could not; its error, as data, is the `cause`. */
export class LoadFailedError extends TrestleError {
  readonly code = 'ERR_CACHE_LOAD_FAILED';

  constructor(cause: unknown) {
    const { message } = (cause ?? {}) as { readonly message?: unknown };
    super(`cache getOrLoad: the load failed: ${typeof message === 'string' ? message : String(cause)}`, {
      cause,
    });
  }
}

/** A load took longer than it may. It may go on, and what it gives is not stored. */
export class LoadTimeoutError extends TrestleError {
  readonly code = 'ERR_CACHE_LOAD_TIMEOUT';
  override readonly mayHaveBeenHandled = true;

  constructor(loadTimeoutMs: number) {
    super(`cache getOrLoad: no value within ${String(loadTimeoutMs)} ms`);
  }
}

/** A function that loads a value asked for that same value, and would have waited for itself: it was not asked for. */
export class LoadCycleError extends TrestleError {
  readonly code = 'ERR_CACHE_LOAD_CYCLE';

  /** @param key as a text */
  constructor(readonly key: string) {
    super(`cache getOrLoad: the load of ${key} would wait for itself`);
  }
}
