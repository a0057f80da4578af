import type { Destination } from './address';
import type { ExitReason } from './exit-reason';
import type { CallFailure, From, FromIdentity } from './from';
import type { MonitoredName } from './message';
import type { Pid } from './pid';
import type { Ref } from './ref';
import type { SpawnReplySignal, SpawnRequestSignal } from './spawn-signal';

/** The label of a message that is a cast. */
export const castLabel = Symbol('cast');

/**
 * What a message in a mailbox is: a plain message (`null`), a cast, or a call (its caller). A message and its label
 * travel inside a node as two arguments and rest in two slots of the mailbox: an envelope around each of them would
 * halve the rate of casts.
 */
export type Label = null | typeof castLabel | From;

/**
 * Everything one process can do to another, on this node or from one node to another. The wire codec encodes exactly
 * this. (Inside a node the first three go unboxed, see `Label`.)
 */
export type Signal =
  | { readonly kind: 'message'; readonly to: Destination; readonly message: unknown }
  | { readonly kind: 'cast'; readonly to: Destination; readonly request: unknown }
  | {
      readonly kind: 'call';
      readonly to: Destination;
      readonly call: number;
      readonly from: Pid;
      readonly request: unknown;
    }
  | { readonly kind: 'aliasMessage'; readonly alias: Ref; readonly message: unknown }
  | CallSignal
  | ControlSignal;

/** How a call that came from another node ends. `call` is the caller's number for it. */
export type CallSignal =
  | { readonly kind: 'reply'; readonly call: number; readonly value: unknown }
  | { readonly kind: 'callFailed'; readonly call: number; readonly failure: CallFailure }
  | { readonly kind: 'cancelCall'; readonly call: number }
  | { readonly kind: 'portReply'; readonly to: FromIdentity; readonly value: unknown };

/** Links, monitors, exits, and what begins processes elsewhere. */
export type ControlSignal =
  | SpawnRequestSignal
  | SpawnReplySignal
  | { readonly kind: 'link'; readonly from: Pid; readonly to: Pid }
  | { readonly kind: 'unlink'; readonly from: Pid; readonly to: Pid }
  /** Sent on purpose. OTP: `exit/2`. */
  | { readonly kind: 'exit'; readonly from: Pid; readonly to: Destination; readonly reason: ExitReason }
  /** Sent along a link by the end of a process. */
  | { readonly kind: 'linkExit'; readonly from: Pid; readonly to: Pid; readonly reason: ExitReason }
  | { readonly kind: 'monitor'; readonly ref: Ref; readonly from: Pid; readonly to: Destination }
  | { readonly kind: 'demonitor'; readonly ref: Ref; readonly from: Pid; readonly to: Destination }
  | {
      readonly kind: 'down';
      readonly ref: Ref;
      readonly to: Pid;
      readonly pid: Pid | MonitoredName;
      /** Who has ended, if somebody has: `pid` may be the name by which it was monitored. Stays on its node. */
      readonly from?: Pid;
      readonly reason: ExitReason;
    };
