import type { ExitReason } from '../terms/exit-reason';

/**
 * What the runtime asks of a server itself, whatever it serves; it travels as a call. OTP: a system message,
 * `{system, From, Request}`.
 */
export type SystemRequest =
  | { readonly type: '$stop'; readonly reason: ExitReason }
  | { readonly type: '$getState' | '$getStatus' | '$suspend' | '$resume' }
  | { readonly type: '$replaceState'; readonly change: (state: unknown) => unknown }
  | { readonly type: '$statistics'; readonly flag: boolean | 'get' }
  | { readonly type: '$trace'; readonly flag: boolean };

const types: ReadonlySet<string> = new Set<SystemRequest['type']>([
  '$stop',
  '$getState',
  '$getStatus',
  '$suspend',
  '$resume',
  '$replaceState',
  '$statistics',
  '$trace',
]);

/** The character code of `$`, with which the runtime's own types begin. */
const dollar = 36;

/** Tells whether a request is for the server itself. Every call pays for the look, so it is a short one. */
export function isSystemRequest(request: unknown): request is SystemRequest {
  if (typeof request !== 'object' || request === null) return false;
  const { type } = request as { readonly type?: unknown };
  return typeof type === 'string' && type.charCodeAt(0) === dollar && types.has(type);
}
