import { z } from '#zod';
import { isDuration } from '../../terms/duration';
import { BadArgumentError } from '../../terms/errors';
import { ProcessExit, type ExitReason } from '../../terms/exit-reason';
import { isFrom, type From } from '../../terms/from';
import { durationSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { ReplyOf } from '../../terms/protocol';

declare const opaque: unique symbol;

/** What `handleCall` returns: made by `reply`, `noReply` or `stop`, and by nothing else. */
export interface CallResult {
  readonly [opaque]: 'reply' | 'noReply' | 'stop';
}

/** What `handleCall` returns to answer now: made by `reply`. */
export interface Reply extends CallResult {
  readonly [opaque]: 'reply';
}

/** What a callback returns to go on without an answer: made by `noReply`. */
export interface NoReply extends CallResult {
  readonly [opaque]: 'noReply';
}

/** What a callback returns to end the server: made by `stop`. */
export interface Stop extends CallResult {
  readonly [opaque]: 'stop';
}

/** What a callback returns to say more than "go on": made by `continueWith`. */
export interface Continue {
  readonly [opaque]: 'continue';
}

/** What a callback returns to give memory back until the next message: made by `hibernate`. */
export interface Hibernate {
  readonly [opaque]: 'hibernate';
}

/** How a server goes on after a callback that does not continue by itself. */
export interface IdleOptions {
  /**
   * Milliseconds without a message after which `handleInfo` gets a `Timeout`; 0 is at once, if no message waits. Any
   * message puts an end to it, but a system request (`sys`) begins it anew. Default `Infinity`. OTP: the `Timeout` of
   * `{noreply, State, Timeout}`.
   */
  readonly timeoutMs: number;
}

/** What `init` returns when the server should not run: made by `ignore`. */
export interface Ignore {
  readonly [opaque]: 'ignore';
}

/** What `init` returns when the server cannot run: made by `decline`. */
export interface Decline {
  readonly [opaque]: 'decline';
}

/** What the other callbacks return: nothing to go on, `continueWith(term)`, `hibernate()`, or `stop(reason)`. */
// `void`, because a callback that has nothing to say should not have to say so.
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type
export type Next = void | undefined | Continue | Hibernate | NoReply | Stop;
/** What `init` returns. */
export type InitResult = Next | Ignore | Decline;

/** One shape for all results, so that the loop reads them fast. */
export class Outcome {
  declare readonly [opaque]: never;

  constructor(
    readonly kind: 'reply' | 'noReply' | 'continue' | 'hibernate' | 'idle' | 'stop' | 'ignore' | 'decline',
    /** The reply, the term to continue with, the milliseconds to be idle, the reason to stop or not to start. */
    readonly value: unknown,
    /** What follows a reply or none, or what is replied before a stop. */
    readonly also: Outcome | null,
  ) {}
}

const noReplyOutcome = new Outcome('noReply', undefined, null);
const hibernateOutcome = new Outcome('hibernate', undefined, null);
const ignoreOutcome = new Outcome('ignore', 'ignore', null);

/**
 * Answers the request. OTP: `{reply, Reply, State}`.
 * @param request the request that `handleCall` got: it tells the type of the reply
 * @param next `continueWith(term)`, to go on with `handleContinue` before any message; `hibernate()`; or
 *   `{ timeoutMs }`, to be told if no message comes for so long
 * @throws BadArgumentError if `next` is none of them
 */
export function reply<Request>(
  request: Request,
  value: NoInfer<ReplyOf<Request>>,
  next?: Continue | Hibernate | IdleOptions,
): Reply {
  return new Outcome('reply', value, next === undefined ? null : following('reply', next));
}

/**
 * Does not answer now: a `ReplyPort` will, or `self.reply(from, value)`; from the callbacks that answer nobody: goes on.
 * OTP: `{noreply, State}`.
 * @param next as in `reply`
 */
export function noReply(next?: Continue | Hibernate | IdleOptions): NoReply {
  return next === undefined ? noReplyOutcome : new Outcome('noReply', undefined, following('noReply', next));
}

/**
 * Ends the server: `terminate` is called, then it exits with `reason`. OTP: `{stop, Reason, …}`.
 * @param answer `reply(request, value)`, to answer the request before the exit, when `terminate` is done. Its caller
 *   then does not fail.
 * @throws BadArgumentError if `answer` is no reply
 */
export function stop(reason: ExitReason, answer?: Reply): Stop {
  const last = answer as Outcome | undefined;
  if (last !== undefined && !(last instanceof Outcome && last.kind === 'reply')) {
    throw new BadArgumentError({ call: 'stop', expected: 'reply(request, value)', got: answer });
  }
  return new Outcome('stop', reason, last ?? null);
}

/** Goes on with `handleContinue(term)` before any message. OTP: `{continue, Term}`. */
export function continueWith(term: unknown): Continue {
  return new Outcome('continue', term, null);
}

/**
 * Gives back what the process holds for messages (its emptied mailbox, the last message) until the next one comes.
 * OTP: `hibernate`.
 */
export function hibernate(): Hibernate {
  return hibernateOutcome;
}

/** From `init`: the server does not run, and that is no failure. A supervisor keeps its child spec. OTP: `ignore`. */
export function ignore(): Ignore {
  return ignoreOutcome;
}

/**
 * From `init`: the server does not start, and `reason` says why. Unlike `stop(reason)` that is no crash: nothing is
 * logged, and nobody ends who is linked. OTP: `{error, Reason}`.
 */
export function decline(reason: ExitReason): Decline {
  return new Outcome('decline', reason, null);
}

/** Tells whether a server does not start, though its end is in order. */
export function isDeclined(result: unknown): result is Outcome {
  return result instanceof Outcome && (result.kind === 'ignore' || result.kind === 'decline');
}

/** Tells whether a value was made by `ignore`. */
export function isIgnore(value: unknown): value is Ignore {
  return value === ignoreOutcome;
}

/** A place to answer a call later, from anywhere: another handler, another process, another node. */
export class ReplyPort<Reply> {
  constructor(readonly from: From) {}

  /** Answers; only the first answer counts, and one that is too late is dropped. */
  send(value: Reply): void {
    this.from.reply(value);
  }
}

/**
 * Keeps the caller of a request, typed by the request, to answer it later. OTP: `gen_server:reply/2`.
 * @param request the request that `handleCall` got: it tells the type of the reply
 * @throws BadArgumentError if `from` is no `from` of a call
 */
export function replyPort<Request>(request: Request, from: From): ReplyPort<ReplyOf<Request>> {
  if (!isFrom(from))
    throw new BadArgumentError({ call: 'replyPort', expected: 'the from of a call', got: from });
  return new ReplyPort<ReplyOf<Request>>(from);
}

const idleSchema = z.strictObject({ timeoutMs: durationSchema });

/** How the server goes on after a result, checked at the door. */
function following(call: string, next: Continue | Hibernate | IdleOptions): Outcome {
  if (next instanceof Outcome && (next.kind === 'continue' || next.kind === 'hibernate')) return next;
  const timeoutMs = (next as IdleOptions | null)?.timeoutMs;
  if (!isDuration(timeoutMs)) checkOptions<unknown>(call, idleSchema, next);
  return new Outcome('idle', timeoutMs, null);
}

/** What a result of `handleCall` says. @throws ProcessExit if it is none */
export function answerIn(result: unknown): Outcome {
  if (!(result instanceof Outcome)) throw badReturn('handleCall', result);
  const { kind } = result;
  if (kind === 'reply' || kind === 'noReply' || kind === 'stop') return result;
  throw badReturn('handleCall', kind);
}

/** What a result of another callback says that has returned one. @throws ProcessExit if it is none */
export function nextIn(callback: string, result: unknown): Outcome {
  if (!(result instanceof Outcome)) throw badReturn(callback, result);
  const { kind } = result;
  if (kind === 'continue' || kind === 'hibernate' || kind === 'noReply' || kind === 'stop') return result;
  throw badReturn(callback, kind);
}

/** The exit of a callback that returned something else than a result. */
export function badReturn(callback: string, got: unknown): ProcessExit {
  return new ProcessExit({ type: 'badReturnValue', callback, value: got });
}
