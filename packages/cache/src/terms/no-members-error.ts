import { TrestleError } from '@trestle/runtime';

/** No node that holds entries of a cache is there; nothing was asked. */
export class NoMembersError extends TrestleError {
  readonly code = 'ERR_CACHE_NO_MEMBERS';
  override readonly mayHaveBeenHandled = false;

  /** @param cache the name of the cache */
  constructor(call: string, cache: string) {
    super(`cache ${call}: expected at least one member of ${cache}, got none`);
  }
}
