import { z } from '#zod';
import { isDuration } from '../../terms/duration';
import { BadArgumentError } from '../../terms/errors';
import { flagSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { Hibernate, Reply, ReplyPort } from '../gen-server/call-result';
import type { InsertableEvent, StatemTypes, TypeIn } from './statem-types';

declare const opaque: unique symbol;

/** What a handler asks for besides the next state; made by the functions below, and by nothing else. */
interface Opaque<Kind, Content = undefined> {
  readonly [opaque]: readonly [Kind, Content];
}

/** Answers a caller that was kept: made by `replyTo`. */
export type ReplyAction = Opaque<'replyTo'>;
/** Keeps the event for the next state: made by `postpone`. */
export type Postpone = Opaque<'postpone'>;
/** Puts an event before all others: made by `nextEvent`. */
export type NextEvent<Event> = Opaque<'nextEvent', Event>;
/** Made by `eventTimeout`. */
export type EventTimeout<Content> = Opaque<'eventTimeout', Content>;
/** Made by `stateTimeout`. */
export type StateTimeout<Content> = Opaque<'stateTimeout', Content>;
/** Made by `namedTimeout`. */
export type NamedTimeout<Name, Content> = Opaque<'namedTimeout', readonly [Name, Content]>;
/** Puts other callbacks in place: made by `changeCallbackModule`, `pushCallbackModule` and `popCallbackModule`. */
export type ModuleChange = Opaque<'module'>;

/** Any action of any machine. */
export type AnyAction =
  | Reply
  | ReplyAction
  | Postpone
  | Hibernate
  | ModuleChange
  | NextEvent<unknown>
  | EventTimeout<unknown>
  | StateTimeout<unknown>
  | NamedTimeout<unknown, unknown>;

type NamedTimeoutsIn<Contents> = {
  [Name in keyof Contents & string]: NamedTimeout<Name, Contents[Name]>;
}[keyof Contents & string];

/** The actions a machine may take. OTP: `action()`. */
export type StatemAction<T extends StatemTypes> =
  | Reply
  | ReplyAction
  | Postpone
  | Hibernate
  | ModuleChange
  | NextEvent<InsertableEvent<T>>
  | EventTimeout<TypeIn<T, 'eventTimeout'>>
  | StateTimeout<TypeIn<T, 'stateTimeout'>>
  | NamedTimeoutsIn<TypeIn<T, 'namedTimeouts', object>>;

/** Which timeout: there is one of each kind, and one of each name. */
export type TimeoutKind = 'eventTimeout' | 'stateTimeout' | 'namedTimeout';

/** What is to be done about a timeout. */
export interface TimeoutAction {
  readonly kind: TimeoutKind;
  readonly name: string | null;
  readonly how: 'start' | 'startAt' | 'update' | 'cancel';
  /** From now, or since the start of the node's clock. */
  readonly timeMs: number;
  readonly content: unknown;
}

/** One shape for all actions. */
export class ActionTerm {
  declare readonly [opaque]: never;

  constructor(
    readonly kind: 'replyTo' | 'postpone' | 'nextEvent' | 'timeout' | 'module',
    /** The value of a reply, the event, the `TimeoutAction`, the class, or whether. */
    readonly value: unknown,
    /** Where a reply goes, or what happens to the callbacks in place. */
    readonly target: unknown = null,
  ) {}
}

/** When a timeout is over. */
export interface TimeoutOptions {
  /** Whether the time is one of the node's clock (`node.clock.now()`), not a duration. Default `false`. */
  readonly absolute?: boolean;
}

const noOptions: TimeoutOptions = {};
const optionsSchema = z.strictObject({ absolute: flagSchema.optional() });

/**
 * Answers a caller that was kept with `replyPort(request, from)`, in this or another state. The caller of the event at
 * hand is answered by `reply(request, value)`. OTP: `{reply, From, Reply}`.
 */
export function replyTo<Value>(port: ReplyPort<Value>, value: NoInfer<Value>): ReplyAction {
  return new ActionTerm('replyTo', value, port);
}

/**
 * Keeps the event at hand until the state has changed: then it is handled again, before newer ones. OTP: `postpone`.
 * @param flag `false` takes back a `postpone` earlier in the same list of actions
 */
export function postpone(flag = true): Postpone {
  return new ActionTerm('postpone', flag);
}

/**
 * Inserts an event, to be handled before any other that waits; several in the order given. OTP: `{next_event, Type, Content}`.
 * @param event mostly `{ type: 'internal', content }`, but it can be any that the machine can get
 */
export function nextEvent<const Event>(event: Event): NextEvent<Event> {
  return new ActionTerm('nextEvent', event);
}

/**
 * An event `eventTimeout`, unless any other event comes before. 0 is at once, if no event waits.
 * OTP: `{timeout, Time, Content}`, `{timeout, update, Content}`, `{timeout, cancel}`.
 * @param timeMs milliseconds; or `'update'`, to change the content of the one that runs; or `'cancel'`
 * @throws BadArgumentError
 */
export function eventTimeout(how: 'cancel'): EventTimeout<never>;
/** As above, to start it or to change its content. */
export function eventTimeout<const Content = undefined>(
  timeMs: number | 'update',
  content?: Content,
  options?: TimeoutOptions,
): EventTimeout<Content>;
export function eventTimeout(
  how: number | 'update' | 'cancel',
  content?: unknown,
  options?: TimeoutOptions,
): EventTimeout<never> {
  return timeoutTerm('eventTimeout', null, how, content, options);
}

/**
 * An event `stateTimeout`, unless the state changes before. Set together with a change of state it is the new
 * state's. 0 is at once, after the events that wait inside the machine and before any that has not come in.
 * OTP: `{state_timeout, Time, Content}`, `{state_timeout, update, Content}`, `{state_timeout, cancel}`.
 * @param timeMs milliseconds; or `'update'`, to change the content of the one that runs; or `'cancel'`
 * @throws BadArgumentError
 */
export function stateTimeout(how: 'cancel'): StateTimeout<never>;
/** As above, to start it or to change its content. */
export function stateTimeout<const Content = undefined>(
  timeMs: number | 'update',
  content?: Content,
  options?: TimeoutOptions,
): StateTimeout<Content>;
export function stateTimeout(
  how: number | 'update' | 'cancel',
  content?: unknown,
  options?: TimeoutOptions,
): StateTimeout<never> {
  return timeoutTerm('stateTimeout', null, how, content, options);
}

/**
 * An event `namedTimeout`, whatever comes before: it ends only when it is over, cancelled, or set again.
 * OTP: `{{timeout, Name}, Time, Content}`, `{{timeout, Name}, update, Content}`, `{{timeout, Name}, cancel}`.
 * @param timeMs milliseconds; or `'update'`, to change the content of the one that runs; or `'cancel'`
 * @throws BadArgumentError
 */
export function namedTimeout<const Name extends string>(name: Name, how: 'cancel'): NamedTimeout<Name, never>;
/** As above, to start it or to change its content. */
export function namedTimeout<const Name extends string, const Content = undefined>(
  name: Name,
  timeMs: number | 'update',
  content?: Content,
  options?: TimeoutOptions,
): NamedTimeout<Name, Content>;
export function namedTimeout(
  name: string,
  how: number | 'update' | 'cancel',
  content?: unknown,
  options?: TimeoutOptions,
): NamedTimeout<never, never> {
  if (typeof (name as unknown) !== 'string')
    throw new BadArgumentError({ call: 'namedTimeout', expected: 'a name', got: name });
  return timeoutTerm('namedTimeout', name, how, content, options);
}

function timeoutTerm(
  kind: TimeoutKind,
  name: string | null,
  how: unknown,
  content: unknown,
  options: TimeoutOptions = noOptions,
): ActionTerm {
  if (how === 'update' || how === 'cancel')
    return new ActionTerm('timeout', { kind, name, how, timeMs: 0, content } satisfies TimeoutAction);
  if (!isDuration(how)) {
    const expected = "milliseconds (0 or more, or Infinity), 'update' or 'cancel'";
    throw new BadArgumentError({ call: kind, expected, got: how });
  }
  const timeMs = how;
  const { absolute = false } = options === noOptions ? noOptions : checkOptions(kind, optionsSchema, options);
  const start: TimeoutAction = { kind, name, how: absolute ? 'startAt' : 'start', timeMs, content };
  return new ActionTerm('timeout', start);
}

/** A class of state machines, for `changeCallbackModule`. */
export interface CallbackModule {
  readonly prototype: object;
  readonly stateEnter: boolean;
}

/**
 * Goes on with the callbacks of another class: the machine keeps its state, and its fields as they are.
 * OTP: `{change_callback_module, Module}`.
 */
export function changeCallbackModule(Class: CallbackModule): ModuleChange {
  return new ActionTerm('module', Class, 'change');
}

/** As `changeCallbackModule`, until `popCallbackModule`. OTP: `{push_callback_module, Module}`. */
export function pushCallbackModule(Class: CallbackModule): ModuleChange {
  return new ActionTerm('module', Class, 'push');
}

/** Goes back to the callbacks before the last `pushCallbackModule`. OTP: `pop_callback_module`. */
export function popCallbackModule(): ModuleChange {
  return new ActionTerm('module', null, 'pop');
}
