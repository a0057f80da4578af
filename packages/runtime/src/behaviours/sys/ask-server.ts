import type { ServerRef } from '../../terms/address';
import { NotServerError } from '../../terms/errors';
import { checkOptions } from '../../terms/options';
import { BaseVerbs, callOptionsSchema } from '../../node/verbs/base-verbs';
import { describeCall } from '../../node/calls/pending-call';
import type { CallOptions, Verbs } from '../../node/verbs/verbs';
import type { SystemRequest } from './system-request';

/**
 * Asks something of a server itself. It fails as a call does, and at once if the process is no server: a body would
 * find the request in its mailbox, and nobody would answer it.
 * @throws NotServerError if the process executes a body
 */
export async function askServer<S>(
  on: Verbs,
  server: ServerRef<S>,
  request: SystemRequest,
  options?: CallOptions,
): Promise<unknown> {
  const { local, starter } = BaseVerbs.launcherOf(request.type, on, false);
  if (options !== undefined) checkOptions(`sys.${request.type.slice(1)}`, callOptionsSchema, options);
  const process = local.router.find(server);
  if (process?.isServer === false && process !== starter)
    throw new NotServerError(describeCall(server, request, local.name));
  return on.call<unknown, never>(server, request as never, options);
}
