import { isDeepStrictEqual } from '#platform/equality';
import { z } from '#zod';
import type { ServerRef } from '../../terms/address';
import { ServerExitError } from '../../terms/errors';
import type { ExitReason } from '../../terms/exit-reason';
import { durationSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { Verbs } from '../../node/verbs/verbs';
import { askServer } from '../sys/ask-server';
import type { SystemRequest } from '../sys/system-request';

const schema = z.strictObject({
  reason: z.unknown().optional(),
  timeoutMs: durationSchema.optional(),
});

/**
 * Stops a server in order and waits until it has ended: its `terminate` is called. OTP: `gen_server:stop/3`.
 * @param on the process or node that asks
 * @param options.reason default `'normal'`
 * @param options.timeoutMs default `Infinity`
 * @throws NoProcessError if there is no such server; NotServerError if the process is none
 * @throws ServerExitError if it ended with another reason
 * @throws CallTimeoutError if it did not end in time
 */
export async function stopServer<S>(
  on: Verbs,
  server: ServerRef<S>,
  options: { readonly reason?: ExitReason; readonly timeoutMs?: number } = {},
): Promise<void> {
  checkOptions('stopServer', schema, options);
  const reason = options.reason ?? 'normal';
  const request: SystemRequest = { type: '$stop', reason };
  try {
    await askServer(on, server, request, { timeoutMs: options.timeoutMs ?? Infinity });
  } catch (error) {
    // The reason may have travelled: it is compared as data.
    if (!(error instanceof ServerExitError) || !isDeepStrictEqual(error.reason, reason)) throw error;
  }
}
