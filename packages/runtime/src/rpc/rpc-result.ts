import {
  CallTimeoutError,
  FunctionsNotAcceptedError,
  NodeDownError,
  NotExposedError,
  RemoteError,
  RemoteExitError,
  RemoteKilledError,
} from '../terms/errors';
import { describeReason, errorToData, ProcessExit, type ExitReason } from '../terms/exit-reason';
import type { RpcOrder } from './rpc-order';

/** How a call of a function ended. OTP: erpc's separate failures. */
export type RpcResult =
  | { readonly status: 'returned'; readonly value: unknown }
  | { readonly status: 'threw'; readonly error: unknown }
  | { readonly status: 'exited'; readonly reason: ExitReason }
  | { readonly status: 'killed'; readonly reason: ExitReason }
  | { readonly status: 'notExposed'; readonly what: string }
  | { readonly status: 'functionsNotAccepted' };

/** The result of a function that threw, or was not called. */
export function failureOf(error: unknown): RpcResult {
  if (error instanceof NotExposedError) return { status: 'notExposed', what: error.what };
  if (error instanceof FunctionsNotAcceptedError) return { status: 'functionsNotAccepted' };
  if (error instanceof ProcessExit) return { status: 'exited', reason: error.reason };
  const data = errorToData(error);
  return {
    status: 'threw',
    error:
      data === error ? { type: 'error', name: 'Error', message: describeReason(error), cause: error } : data,
  };
}

/** What the function returned. @throws what became of it instead */
export function valueOf({ words, node }: RpcOrder, result: RpcResult): unknown {
  switch (result.status) {
    case 'returned':
      return result.value;
    case 'threw':
      throw new RemoteError(words, result.error);
    case 'exited':
      throw new RemoteExitError(words, result.reason);
    case 'killed':
      throw new RemoteKilledError(words, result.reason);
    case 'notExposed':
      throw new NotExposedError(words, result.what);
    case 'functionsNotAccepted':
      throw new FunctionsNotAcceptedError(words, node);
  }
}

/** The failures of the underlying call, in words of the rpc. */
export function inWordsOf({ words, timeoutMs }: RpcOrder, error: unknown): unknown {
  if (error instanceof NodeDownError) return new NodeDownError(words, error.node, error.mayHaveBeenHandled);
  if (error instanceof CallTimeoutError) return new CallTimeoutError(words, timeoutMs);
  // The function was called; its result stayed where it was.
  if (error instanceof RemoteError) return new RemoteError(words, error.cause);
  return error;
}
