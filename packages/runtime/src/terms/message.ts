import type { TrestleError } from './errors';
import type { ExitReason } from './exit-reason';
import type { NodeName } from './node-name';
import type { Pid } from './pid';
import type { Ref } from './ref';

/**
 * A monitored process ended, or its node was lost. OTP: `{'DOWN', Ref, process, Object, Reason}`.
 * @typeParam Tag its type, if the monitor was given another by the option `tag`
 */
export interface Down<Tag extends string = 'DOWN'> {
  readonly type: Tag;
  /** What `monitor` returned. */
  readonly ref: Ref;
  /** The process, or the name by which it was monitored. */
  readonly pid: Pid | MonitoredName;
  /** Why it ended; `'noproc'` if there was none, `'noconnection'` if its node was lost. */
  readonly reason: ExitReason;
}

/** What a monitor by name reports in place of a pid. OTP: `{RegisteredName, Node}`. */
export interface MonitoredName {
  readonly name: string;
  readonly node: NodeName;
}

/** An exit signal that a process which traps exits received. OTP: `{'EXIT', From, Reason}`. */
export interface Exit {
  readonly type: 'EXIT';
  /** The process that ended, or that sent the signal. */
  readonly from: Pid;
  readonly reason: ExitReason;
}

/** Whether a node is on lists, or hidden; said to those who asked for it. OTP: `node_type`. */
export type NodeType = 'visible' | 'hidden';

/** A node joined. OTP: `{nodeup, Node}`. */
export interface NodeUp {
  readonly type: 'nodeup';
  readonly node: NodeName;
  readonly nodeType?: NodeType;
}

/** A node is about to leave: nothing new should be asked of it. For processes that asked for it, and as an event. */
export interface NodeLeaving {
  readonly type: 'nodeleaving';
  readonly node: NodeName;
  readonly nodeType?: NodeType;
}

/** A node was lost. OTP: `{nodedown, Node}`. */
export interface NodeDown {
  readonly type: 'nodedown';
  readonly node: NodeName;
  readonly nodeType?: NodeType;
  readonly reason?: ExitReason;
}

/** No message came for the time a server wanted to wait for one. OTP: the atom `timeout`. */
export interface Timeout {
  readonly type: 'timeout';
}

/** Tells whether a message is an exit signal that was trapped. */
export function isExit(message: unknown): message is Exit {
  return (message as Partial<Exit> | null | undefined)?.type === 'EXIT';
}

/** Tells whether a message is the `DOWN` of the given monitor. */
export function isDownOf(ref: Ref, message: unknown): message is Down {
  const down = message as Partial<Down> | null | undefined;
  return down?.type === 'DOWN' && down.ref === ref;
}

/** Tells whether a message is the DOWN of the given monitor, whatever its tag. */
export function isTaggedDownOf(ref: Ref, message: unknown): boolean {
  const down = message as Partial<Down<string>> | null | undefined;
  return down?.ref === ref && 'pid' in down && 'reason' in down;
}

/** The result of a task, for its owner, who does not await it at that moment. OTP: Elixir's `{ref, result}`. */
export interface TaskReply {
  readonly type: 'taskReply';
  /** The `ref` of the task. */
  readonly ref: Ref;
  /** What its function returned. */
  readonly value: unknown;
}

/**
 * A timer made by `startTimer` has fired. A process that starts such timers says so in its type of messages:
 * `Self<Request | TimerTimeout>`. OTP: `{timeout, TimerRef, Message}`.
 */
export interface TimerTimeout<Message = unknown> {
  readonly type: 'timeout';
  /** What `startTimer` returned. */
  readonly timer: Ref;
  readonly message: Message;
}

/** How a request ended that was sent by `sendRequest`: with its reply, or with an error that says why there is none. */
export type RequestResponse<Reply = unknown> =
  | { readonly status: 'reply'; readonly reply: Reply }
  | { readonly status: 'error'; readonly error: TrestleError };

/** A request that was sent by `sendRequest` has ended while its sender did not wait for it; see `checkResponse`. */
export interface ResponseMessage {
  readonly type: 'requestResponse';
  /** The `ref` of the request. */
  readonly ref: Ref;
  readonly response: RequestResponse;
}

/**
 * The answer to a request to start a process on a node; see `spawnRequest`. OTP: `{spawn_reply, ReqId, ok | error, _}`.
 */
export type SpawnReply<Tag extends string = 'spawnReply'> =
  | { readonly type: Tag; readonly ref: Ref; readonly status: 'ok'; readonly pid: Pid }
  | { readonly type: Tag; readonly ref: Ref; readonly status: 'error'; readonly error: TrestleError };

/** The messages the runtime itself sends to a process that asked for them. */
export type SystemMessage =
  Down | Exit | NodeUp | NodeLeaving | NodeDown | TaskReply | ResponseMessage | SpawnReply;
