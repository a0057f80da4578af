import { BadArgumentError } from '../../terms/errors';
import { errorToData } from '../../terms/exit-reason';
import type { From } from '../../terms/from';
import type { Self } from '../../node/node';
import { noReply, type NoReply } from './call-result';

/** A server that others depend on, so that what anybody sends it must not end it. */
interface Refusing {
  readonly self: Self;
}

/**
 * Refuses a call that is none of the server's requests: it fails with a `RemoteError` whose cause says so, and the
 * server lives on. A server of the user's ends by it, as in OTP; one of Trestle's own is not the caller's to end.
 */
export function refuseCall(server: Refusing, request: unknown, from: From): NoReply {
  const who = titleOf(server);
  server.self.log.report('warning', { type: 'unknownCall', server: who, request, from: from.pid });
  const error = new BadArgumentError({ call: who, expected: 'a request that it knows', got: request });
  from.fail({ kind: 'badReply', error: errorToData(error) });
  return noReply();
}

/** As `refuseCall`, for a cast: nobody waits for an answer. */
export function refuseCast(server: Refusing, request: unknown): NoReply {
  server.self.log.report('warning', { type: 'unknownCast', server: titleOf(server), request });
  return noReply();
}

function titleOf(server: Refusing): string {
  return `${server.constructor.name} ${server.self.pid}`;
}
