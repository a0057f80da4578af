import type { From } from '../terms/from';
import { castLabel, type Label } from '../terms/signal';

/** A call that reached a process which is no server. OTP: `{'$gen_call', From, Request}`. */
export interface IncomingCall<Request = unknown> {
  readonly type: '$call';
  readonly from: From;
  readonly request: Request;
}

/** A cast that reached a process which is no server. OTP: `{'$gen_cast', Request}`. */
export interface IncomingCast<Request = unknown> {
  readonly type: '$cast';
  readonly request: Request;
}

/** A message as a body sees it: calls and casts are wrapped. */
export function seenMessage(message: unknown, label: Label): unknown {
  if (label === null) return message;
  if (label === castLabel) return { type: '$cast', request: message } satisfies IncomingCast;
  return { type: '$call', from: label, request: message } satisfies IncomingCall;
}

/** The type of a message as a body sees it. */
export function typeOf(message: unknown, label: Label): unknown {
  if (label === null) return (message as { readonly type?: unknown } | null | undefined)?.type;
  return label === castLabel ? '$cast' : '$call';
}

/** What a `receive` wants: messages of one type, those that pass a test, or any. */
export type Wanted = string | ((message: unknown) => boolean) | null;

/** Tells whether a message is wanted. */
export function wants(wanted: Wanted, message: unknown): boolean {
  if (typeof wanted === 'string') return typeOf(message, null) === wanted;
  return wanted === null || wanted(message);
}
