import { isSystemType } from '../../terms/system-type';
import type { ExitReason } from '../../terms/exit-reason';
import { castLabel } from '../../terms/signal';
import type { Mailbox } from '../../process/mailbox';
import type { CodeChange } from './perform-code-change';
import type { DebugFunction } from './observation';

/**
 * What the runtime asks of a server itself, whatever it serves; it travels as a call. OTP: a system message,
 * `{system, From, Request}`.
 */
export type SystemRequest =
  | { readonly type: '$stop' | '$terminate'; readonly reason: ExitReason }
  | { readonly type: '$getState' }
  | { readonly type: '$getStatus' }
  | { readonly type: '$suspend' | '$resume' }
  | { readonly type: '$replaceState'; readonly change: (state: unknown) => unknown }
  | { readonly type: '$changeCode'; readonly change: CodeChange }
  | ObservationRequest;

/** What is to be observed of a server, and what came of it. */
export type ObservationRequest =
  | { readonly type: '$statistics'; readonly flag: boolean | 'get' }
  | { readonly type: '$trace'; readonly flag: boolean }
  /** How many events are kept: none if 0. */
  | { readonly type: '$log'; readonly flag: number | 'get' | 'print' }
  | { readonly type: '$install'; readonly id: unknown; readonly fn: DebugFunction; readonly state: unknown }
  | { readonly type: '$remove'; readonly id: unknown }
  | { readonly type: '$noDebug' };

const types: ReadonlySet<string> = new Set<SystemRequest['type']>([
  '$stop',
  '$terminate',
  '$getState',
  '$getStatus',
  '$suspend',
  '$resume',
  '$replaceState',
  '$changeCode',
  '$statistics',
  '$trace',
  '$log',
  '$install',
  '$remove',
  '$noDebug',
]);

/** Tells whether a request is for the server itself. Every call pays for the look, so it is a short one. */
export function isSystemRequest(request: unknown): request is SystemRequest {
  if (typeof request !== 'object' || request === null) return false;
  const { type } = request as { readonly type?: unknown };
  return isSystemType(type) && types.has(type);
}

const isFunction = (value: unknown): boolean => typeof value === 'function';
const isNumberOf = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** What the fields of a request must be; the others may be anything. */
const fields: Partial<
  Record<SystemRequest['type'], (request: Readonly<Record<string, unknown>>) => boolean>
> = {
  $replaceState: ({ change }) => isFunction(change),
  $changeCode: ({ change }) => isFunction((change as { readonly Class?: unknown } | null | undefined)?.Class),
  $statistics: ({ flag }) => flag === 'get' || typeof flag === 'boolean',
  $trace: ({ flag }) => typeof flag === 'boolean',
  $log: ({ flag }) => flag === 'get' || flag === 'print' || isNumberOf(flag),
  $install: ({ fn }) => isFunction(fn),
};

/** Tells whether a system request is as `sys` makes them: by hand, or from a peer, it may say anything. */
export function isWellFormed(request: SystemRequest): boolean {
  return fields[request.type]?.(request) ?? true;
}

/** Tells whether the oldest message is a request for the server itself; there must be one. */
export function isSystemRequestNext(mailbox: Mailbox): boolean {
  const label = mailbox.headLabel();
  return label !== null && label !== castLabel && isSystemRequest(mailbox.messageAt(0));
}
