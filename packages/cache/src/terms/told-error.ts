import {
  BadArgumentError,
  CallTimeoutError,
  NodeDownError,
  NoProcessError,
  RemoteError,
  ServerExitError,
  TrestleError,
  UnsendableError,
  type ErrorData,
} from '@trestle/runtime';
import {
  CacheDrainingError,
  CacheFullError,
  CacheReadError,
  CacheWriteError,
  ValueTooLargeError,
} from './cache-errors';

/** What a server refuses with, by code; the last four when it has handed a request on. */
const kinds: Readonly<Record<string, { readonly prototype: TrestleError }>> = {
  ERR_CACHE_WRITE: CacheWriteError,
  ERR_CACHE_READ: CacheReadError,
  ERR_CACHE_VALUE_TOO_LARGE: ValueTooLargeError,
  ERR_CACHE_FULL: CacheFullError,
  ERR_CACHE_DRAINING: CacheDrainingError,
  ERR_BAD_ARGUMENT: BadArgumentError,
  ERR_UNSENDABLE: UnsendableError,
  ERR_NODEDOWN: NodeDownError,
  ERR_NOPROC: NoProcessError,
  ERR_SERVER_EXIT: ServerExitError,
  ERR_CALL_TIMEOUT: CallTimeoutError,
};

/** An error as data that a server answers with; of one of ours with all it knows. Its stack would tell the caller nothing. */
export function cacheErrorData(error: unknown): ErrorData {
  // What another server has answered is handed on as it is.
  if (error instanceof RemoteError && isErrorData(error.cause)) return error.cause;
  const { name, message, code } = error as { name?: unknown; message?: unknown; code?: unknown };
  return {
    type: 'error',
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : String(error),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error instanceof TrestleError ? { cause: Object.assign({}, error) } : {}),
  };
}

/**
 * What a caller gets for an error of its call: the error that the server has raised, of the same class and with the same
 * text, if it is one of ours. What a function of `update` threw stays a `RemoteError`.
 */
export function toldError(error: unknown): unknown {
  if (!(error instanceof RemoteError) || !isErrorData(error.cause)) return error;
  const { name, message, code = '', cause } = error.cause;
  const kind = Object.hasOwn(kinds, code) ? kinds[code] : undefined;
  // The user's own errors may have any code.
  if (kind === undefined || typeof cause !== 'object' || cause === null) return error;
  const told = new Error(message, { cause: error });
  Object.setPrototypeOf(told, kind.prototype);
  return Object.assign(told, cause, { name, code });
}

function isErrorData(value: unknown): value is ErrorData {
  return typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'error';
}
