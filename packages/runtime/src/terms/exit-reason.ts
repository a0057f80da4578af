import { types } from '#platform/types';
import { describeBadAction, describeBadReturn } from './bad-result';

/** An error as data: what an uncaught error becomes as an exit reason, the same on every node. */
export interface ErrorData {
  readonly type: 'error';
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** The error's `code`, if it had one that is a string. */
  readonly code?: string;
  /** Its cause, as data too. */
  readonly cause?: unknown;
}

/**
 * Why a process ended: `'normal'`, `'shutdown'`, `{ type: 'shutdown', detail }`, `'killed'`, `'noproc'`,
 * `'noconnection'`, an error as data, or any value.
 */
export type ExitReason = unknown;

/** An orderly shutdown that says why. OTP: `{shutdown, Term}`. */
export interface Shutdown {
  readonly type: 'shutdown';
  readonly detail: unknown;
}

function isTagged(reason: ExitReason, type: string): reason is { type: string } {
  return typeof reason === 'object' && reason !== null && fieldOf(reason, 'type') === type;
}

/** A field of a reason, which may be somebody's object. */
function fieldOf(reason: object, key: string): unknown {
  try {
    return (reason as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** Tells whether a reason is an error as data. */
export function isErrorData(reason: ExitReason): reason is ErrorData {
  return isTagged(reason, 'error') && typeof fieldOf(reason, 'message') === 'string';
}

/** `'normal'`, `'shutdown'` and `{ type: 'shutdown' }` are no failures: a transient child is not restarted after them. */
export function isOrderly(reason: ExitReason): boolean {
  return reason === 'normal' || reason === 'shutdown' || isTagged(reason, 'shutdown');
}

/** How deep causes of causes are kept. */
const maxCauses = 8;

/** Errors of other realms too: Node's own modules throw such where code runs in a context of its own. */
function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

/** Stands for what raises an error when it is looked at: what is thrown is somebody's object. */
const unreadable: ErrorData = {
  type: 'error',
  name: 'Error',
  message: 'what was thrown raises an error when it is read',
};

/** Turns an error into data; other values are returned as they are. */
export function errorToData(error: unknown, depth = 0): unknown {
  try {
    return isError(error) ? dataOf(error, depth) : error;
  } catch {
    return unreadable;
  }
}

/** Whoever made the error may have given its fields any values. */
function dataOf(error: { readonly [Field in keyof ErrorData]?: unknown }, depth: number): ErrorData {
  const { name, message, stack, code, cause } = error;
  return {
    type: 'error',
    name: String(name),
    message: String(message),
    ...(typeof stack === 'string' ? { stack } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(cause === undefined || depth >= maxCauses ? {} : { cause: errorToData(cause, depth + 1) }),
  };
}

/**
 * The exception by which a process leaves its code: its reason becomes the exit reason. It has no stack: an exit is no
 * mistake, and tracing where it was made costs more than the end and the restart of a process. OTP: `exit(Reason)` raised.
 */
export class ProcessExit extends Error {
  constructor(readonly reason: ExitReason) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super();
    Error.stackTraceLimit = stackTraceLimit;
  }

  override get name(): string {
    return 'ProcessExit';
  }

  /** Made when it is read: hardly any is. */
  override get message(): string {
    return `exit: ${describeReason(this.reason)}`;
  }
}

/**
 * The key under which an error says that what it waited for was shut down: who does not catch it ends in order as well.
 * OTP: the exit `{shutdown, Location}` of a call, which is a shutdown for all who look at it.
 */
export const cameByShutdown = Symbol('cameByShutdown');

/** Whether code left its process on purpose, or because what it waited for was shut down: neither is a crash. */
export function isNoCrash(thrown: unknown): boolean {
  try {
    return thrown instanceof ProcessExit || isShutdownOf(thrown);
  } catch {
    return false;
  }
}

function isShutdownOf(thrown: unknown): boolean {
  return isError(thrown) && (thrown as { readonly [cameByShutdown]?: unknown })[cameByShutdown] === true;
}

/** The exit reason of a process whose code threw `thrown`. */
export function reasonOfThrown(thrown: unknown): ExitReason {
  try {
    if (thrown instanceof ProcessExit) return thrown.reason;
    const reason = errorToData(thrown);
    return isShutdownOf(thrown) ? ({ type: 'shutdown', detail: reason } satisfies Shutdown) : reason;
  } catch {
    return unreadable;
  }
}

/** As much as anybody reads. */
const maxReasonText = 10_000;

/** A reason that cannot travel as it is, as text that can. */
export function reasonAsText(reason: ExitReason): string {
  return describeReason(reason).slice(0, maxReasonText);
}

/** A reason in one line, for messages of errors and logs. It is somebody's object, and may throw when it is looked at. */
export function describeReason(reason: ExitReason): string {
  try {
    return textOf(reason);
  } catch {
    return 'a reason that cannot be shown';
  }
}

function textOf(reason: ExitReason): string {
  if (typeof reason === 'string') return reason;
  if (isErrorData(reason)) return `${reason.name}: ${reason.message}`;
  if (isTagged(reason, 'shutdown')) return `shutdown: ${textOf((reason as Shutdown).detail)}`;
  if (isTagged(reason, 'mailboxFull')) {
    return `its mailbox was full: ${String((reason as { maxMessages?: unknown }).maxMessages)} messages`;
  }
  if (isTagged(reason, 'failedToStartChild')) {
    const { id, reason: cause } = reason as { readonly id?: unknown; readonly reason?: unknown };
    return `failed to start child '${String(id)}': ${textOf(cause)}`;
  }
  if (isTagged(reason, 'failedToStartApplication')) {
    const { application, reason: cause } = reason as {
      readonly application?: unknown;
      readonly reason?: unknown;
    };
    return `application '${String(application)}' did not start: ${textOf(cause)}`;
  }
  if (isTagged(reason, 'startPhaseFailed')) {
    const { phase, reason: cause } = reason as { readonly phase?: unknown; readonly reason?: unknown };
    return `start phase '${String(phase)}' failed: ${textOf(cause)}`;
  }
  try {
    if (isTagged(reason, 'badReturnValue')) {
      const { callback, value } = reason as { readonly callback?: unknown; readonly value?: unknown };
      return describeBadReturn(callback, value);
    }
    if (isTagged(reason, 'badAction')) return describeBadAction((reason as { value?: unknown }).value);
    const text: unknown = JSON.stringify(reason);
    return typeof text === 'string' ? text : String(reason);
  } catch {
    return Object.prototype.toString.call(reason);
  }
}
