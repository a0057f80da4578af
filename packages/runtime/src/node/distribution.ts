import type { Destination } from '../terms/address';
import type { ExitReason } from '../terms/exit-reason';
import type { FromIdentity } from '../terms/from';
import type { NodeName } from '../terms/node-name';
import type { Pid } from '../terms/pid';
import type { Ref } from '../terms/ref';
import type { ControlSignal } from '../terms/signal';
import type { AllowedNodes } from './options/allowed-nodes';
import type { SetCookieOptions } from './options/cookie-options';
import type { TlsSource } from './options/tls-options';
import type { PendingCall } from './calls/pending-call';

/** Which nodes `list` names. */
export type NodeListKind = 'visible' | 'hidden' | 'connected' | 'leaving';

/** A node came, is about to go, or went. */
export interface NodeEvent {
  readonly type: 'nodeup' | 'nodeleaving' | 'nodedown';
  readonly node: NodeName;
  readonly hidden: boolean;
  /** Why it went. */
  readonly reason?: ExitReason;
}

/** What can be sent to a process of another node without an answer. */
export type OneWaySignal =
  | ControlSignal
  | { readonly kind: 'message'; readonly to: Destination; readonly message: unknown }
  | { readonly kind: 'aliasMessage'; readonly alias: Ref; readonly message: unknown }
  | { readonly kind: 'cast'; readonly to: Destination; readonly request: unknown };

/** A message that waits until the connection it leaves by is not busy. */
export interface SuspendedSend {
  /** Who waits. */
  readonly sender: Pid;
  /** There is room: send. */
  go(): void;
  /** The connection is lost: what would have been sent by it is dropped. */
  drop(): void;
}

/** What leads to another node. */
export interface Outflow {
  /** Whether so much waits to leave that senders should not add to it. */
  readonly isBusy: boolean;
  /** Whether who sends now has to wait: it is busy, or others wait. */
  readonly mustWait: boolean;
  /** Waits behind those who wait. */
  suspend(send: SuspendedSend): void;
}

/** How large a value may be that goes to another node. */
export interface ValueLimits {
  /** The longest signal, in bytes, that a connected node may send: a message with all it holds, in fragments or not. */
  readonly maxFrameBytes: number;
  /** How deep a value may be nested. */
  readonly maxDepth: number;
  /** How many values one signal may hold, counting every element, key and entry. */
  readonly maxValues: number;
}

/** What a node needs of the layer that connects it to others. */
export interface Distribution {
  /**
   * Sends a signal to a process of another node, connecting first if need be. If the node cannot be reached the
   * signal is dropped; links and monitors answer with `noconnection`.
   * @param sender the process that sends, if the signal does not say; `null` if none does
   * @throws UnsendableError if it holds a value that cannot travel: nothing was sent
   */
  send(node: NodeName, signal: OneWaySignal, sender: Pid | null): void;
  /**
   * Sends a call; its reply or failure settles `call`. If `call` settles first, the server's node is told.
   * @throws UnsendableError if the request holds a value that cannot travel: nothing was sent
   */
  call(node: NodeName, to: Destination, request: unknown, call: PendingCall): void;
  /** Answers a call that waits on another node and did not come from it directly. */
  reply(to: FromIdentity, value: unknown): void;
  /** What leads to another node; `undefined` if nothing does yet, so that nothing waits there. */
  outflow(node: NodeName): Outflow | undefined;
  /** How many bytes have come over the present connection to another node: as long as they grow, it lives. */
  bytesFrom(node: NodeName): number;
  connect(node: NodeName): Promise<boolean>;
  disconnect(node: NodeName): Promise<boolean>;
  ping(node: NodeName): Promise<'pong' | 'pang'>;
  list(kind: NodeListKind): NodeName[];
  /** Whether this node is on nobody's list, so that to it all others are hidden. */
  readonly isHidden: boolean;
  /** The cookie in use, for a node or for those that have none of their own. */
  getCookie(node?: NodeName): string | undefined;
  setCookie(cookie: string, options: SetCookieOptions): void;
  /** Reads the certificate and its key anew, or takes others. */
  reloadTls(tls?: TlsSource): Promise<void>;
  /** Which nodes may be connected to this one; `null` without a name. */
  readonly allowedNodes: AllowedNodes | null;
  /** What it was started with, and the defaults; `null` without a name. */
  readonly limits: ValueLimits | null;
  /** How many sockets it holds: those it listens on, those of connections, and those on their way. For inspection. */
  readonly openSockets: number;
  /**
   * Tells the other nodes that this one is about to leave, waits until no call is in flight, and leaves: it is connected to
   * nobody any more. @returns whether that took no longer than the timeout
   */
  drain(timeoutMs: number): Promise<boolean>;
  /** Takes leave of the other nodes: from now on nothing is sent or delivered, and they lose this node. */
  leave(): void;
  /** Closes every connection and stops listening. */
  stop(): Promise<void>;
}
