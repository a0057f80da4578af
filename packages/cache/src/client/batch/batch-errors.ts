import {
  CallTimeoutError,
  MailboxFullError,
  NodeDownError,
  NoProcessError,
  NotServerError,
  RemoteError,
  ServerExitError,
  UnsendableError,
} from '@trestle/runtime';

/** The error of one request of a batch that has failed as a whole: as it would be if it had travelled alone. */
export function errorOfOne(error: unknown, call: string, timeoutMs: number): unknown {
  if (error instanceof NodeDownError) return new NodeDownError(call, error.node, error.mayHaveBeenHandled);
  if (error instanceof CallTimeoutError) return new CallTimeoutError(call, timeoutMs);
  if (error instanceof ServerExitError) return new ServerExitError(call, error.reason);
  if (error instanceof NoProcessError) return new NoProcessError(call);
  if (error instanceof MailboxFullError) return new MailboxFullError(call);
  if (error instanceof NotServerError) return new NotServerError(call);
  return error instanceof RemoteError ? new RemoteError(call, error.cause) : error;
}

/** Whether the requests, or their answers, are too much for one message: nothing can be said of one of them then. */
export function isTooMuch(error: unknown): boolean {
  if (error instanceof UnsendableError) return true;
  const cause: unknown = error instanceof RemoteError ? error.cause : undefined;
  return (cause as { readonly code?: unknown } | undefined)?.code === 'ERR_UNSENDABLE';
}
