import type { From } from '../../terms/from';
import type { SystemMessage } from '../../terms/message';

/**
 * The types of a state machine. Only `state` must be there; what is left out does not occur.
 *
 * `interface DoorTypes { state: 'locked' | 'open'; casts: { type: 'button'; digit: number }; stateTimeout: 'lock' }`
 */
export interface StatemTypes {
  /** The states it can be in: names; for a machine with one handler, any values. */
  readonly state: unknown;
  /** The requests it answers: a union of `Call<Request, Reply>`. */
  readonly calls?: unknown;
  /** The requests it does not answer. */
  readonly casts?: unknown;
  /** Its other messages, besides those of the runtime itself (`DOWN`, `EXIT`, …). Default: any. */
  readonly infos?: unknown;
  /** What `init` gets. */
  readonly args?: unknown;
  /** The contents of the events it sends itself. */
  readonly internal?: unknown;
  /** The contents of its event timeouts. */
  readonly eventTimeout?: unknown;
  /** The contents of its state timeouts. */
  readonly stateTimeout?: unknown;
  /** Its named timeouts: their contents by their names. */
  readonly namedTimeouts?: object;
}

/** One of the types of a machine, or what stands for it if it is left out. */
export type TypeIn<T, Name extends string, Otherwise = never> =
  T extends Readonly<Record<Name, infer Given>> ? Given : Otherwise;

type Named<T> = TypeIn<T, 'namedTimeouts', object>;

/** A request that wants an answer. OTP: `{call, From}`. */
export interface CallEvent<Request = unknown> {
  readonly type: 'call';
  readonly request: Request;
  readonly from: From;
}

/** A request without an answer. OTP: `cast`. */
export interface CastEvent<Request = unknown> {
  readonly type: 'cast';
  readonly request: Request;
}

/** Any other message. OTP: `info`. */
export interface InfoEvent<Message = unknown> {
  readonly type: 'info';
  readonly message: Message;
}

/** No event came for as long as an event timeout asked for. OTP: `timeout`. */
export interface EventTimeoutEvent<Content = unknown> {
  readonly type: 'eventTimeout';
  readonly content: Content;
}

/** The machine has been in its state for as long as a state timeout asked for. OTP: `state_timeout`. */
export interface StateTimeoutEvent<Content = unknown> {
  readonly type: 'stateTimeout';
  readonly content: Content;
}

/** A named timeout is over, in whatever state. OTP: `{timeout, Name}`. */
export interface NamedTimeoutEvent<Name = string, Content = unknown> {
  readonly type: 'namedTimeout';
  readonly name: Name;
  readonly content: Content;
}

/** What the machine told itself by `nextEvent`. OTP: `internal`. */
export interface InternalEvent<Content = unknown> {
  readonly type: 'internal';
  readonly content: Content;
}

/** The machine has entered its state; the first state is entered from itself. OTP: `enter`. */
export interface EnterEvent<State = unknown> {
  readonly type: 'enter';
  readonly oldState: State;
}

/** Any event of any machine but the entering of a state: what can wait, be postponed and be inserted. */
export type QueuedEvent =
  | CallEvent
  | CastEvent
  | InfoEvent
  | EventTimeoutEvent
  | StateTimeoutEvent
  | NamedTimeoutEvent
  | InternalEvent;

/** The event of type `Event` with content `Content`, if that can occur. */
type IfAny<Content, Event> = [Content] extends [never] ? never : Event;

type NamedTimeoutsOf<Contents> = {
  [Name in keyof Contents & string]: NamedTimeoutEvent<Name, Contents[Name]>;
}[keyof Contents & string];

/** The events that a machine can get and can insert. OTP: `event_type()` and its content. */
export type InsertableEvent<T extends StatemTypes> =
  | IfAny<TypeIn<T, 'calls'>, CallEvent<TypeIn<T, 'calls'>>>
  | IfAny<TypeIn<T, 'casts'>, CastEvent<TypeIn<T, 'casts'>>>
  | InfoEvent<TypeIn<T, 'infos', unknown> | SystemMessage>
  | IfAny<TypeIn<T, 'internal'>, InternalEvent<TypeIn<T, 'internal'>>>
  | IfAny<TypeIn<T, 'eventTimeout'>, EventTimeoutEvent<TypeIn<T, 'eventTimeout'>>>
  | IfAny<TypeIn<T, 'stateTimeout'>, StateTimeoutEvent<TypeIn<T, 'stateTimeout'>>>
  | NamedTimeoutsOf<Named<T>>;

/** What the handler of a machine gets: an event, or that a state is entered (only with `stateEnter`). */
export type StatemEvent<T extends StatemTypes> = InsertableEvent<T> | EnterEvent<T['state']>;
