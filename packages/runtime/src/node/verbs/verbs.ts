import type { Alias } from '../../terms/alias';
import type { Address, LocalName, ServerName, ServerRef } from '../../terms/address';
import type { From } from '../../terms/from';
import type { Pid } from '../../terms/pid';
import type { CallsOf, CastsOf, ReplyTo } from '../../terms/protocol';
import type { Ref } from '../../terms/ref';
import type { Via } from '../../terms/via';
import type { NosuspendOptions, SendOutcome, SuspendOptions } from '../signals/send-options';

/** Options of a call. */
export interface CallOptions {
  /** Milliseconds to wait for the reply; `Infinity` waits for as long as the server lives. Default 5,000. */
  readonly timeoutMs?: number;
}

/** Who can be sent messages: a pid, an alias, or a name. */
export type Receiver<M> =
  | Pid<M>
  | Alias<M>
  | string
  | { readonly name: string; readonly node: string }
  | LocalName<unknown>
  | Via<unknown>;

/** What a process can do, and code outside of processes by way of a node. */
export interface Verbs {
  /**
   * Sends a message. Never fails because of its receiver: a message to a process or node that is gone is dropped.
   * Messages from one process to another arrive in the order sent, as long as the connection lives. OTP: `erlang:send/2`.
   * @throws UnsendableError if it goes to another node and holds a value that cannot travel
   * @throws BadArgumentError if `to` is no address
   */
  send<M>(to: Receiver<M>, message: M): void;
  /**
   * As `send`, with regard to a receiver on a node that takes what it is sent more slowly than it comes: with
   * `nosuspend` the message is sent and the outcome is `'ok'`, or it would have to wait, is not sent, and the outcome is
   * `'nosuspend'`; with `suspend` it waits, and is sent when the promise resolves: as it is then, and behind what the
   * sender has sent meanwhile. If the connection is lost it is dropped as any other. OTP: `erlang:send/3`; `send/2`.
   * @throws UnsendableError, BadArgumentError as `send` does; with `suspend` the promise rejects
   */
  send<M>(to: Receiver<M>, message: M, options: NosuspendOptions): SendOutcome;
  /** As `send`, and waits while the connection to the other node is busy. */
  send<M>(to: Receiver<M>, message: M, options: SuspendOptions): Promise<void>;

  /**
   * Sends a request and waits for the reply. Fails at once when the server is gone, ends, or its node is lost; a
   * reply that comes after the timeout is dropped. OTP: `gen_server:call/3`.
   * @param options.timeoutMs milliseconds, default 5,000
   * @throws CallTimeoutError, ServerExitError (the request may have been handled)
   * @throws NodeDownError (it may have been handled; not if the node was never reached: its `mayHaveBeenHandled` tells)
   * @throws NoProcessError, CallingSelfError, UnsendableError (it was not handled)
   */
  call<S, const R extends CallsOf<S>>(
    server: ServerRef<S>,
    request: R,
    options?: CallOptions,
  ): Promise<ReplyTo<CallsOf<S>, R>>;

  /**
   * Sends a request that has no reply; dropped if the server is gone. OTP: `gen_server:cast/2`.
   * @throws UnsendableError if it goes to another node and holds a value that cannot travel
   * @throws BadArgumentError if `server` is no address
   */
  cast<S>(server: ServerRef<S>, request: CastsOf<S>): void;
  /** As `cast`, with regard to a busy connection: see `send`. */
  cast<S>(server: ServerRef<S>, request: CastsOf<S>, options: NosuspendOptions): SendOutcome;
  /** As `cast`, and waits while the connection to the other node is busy. */
  cast<S>(server: ServerRef<S>, request: CastsOf<S>, options: SuspendOptions): Promise<void>;

  /** Answers a call that another process, or a handler, kept. OTP: `gen_server:reply/2`. */
  reply(from: From, value: unknown): void;

  /**
   * Sends a message after a delay of any length. OTP: `erlang:send_after/3`.
   * @param delayMs milliseconds, 0 or more; `Infinity` is never
   * @returns what `cancelTimer` takes
   * @throws BadArgumentError if `to` is no address or `delayMs` no duration
   */
  sendAfter(to: Address, message: unknown, delayMs: number): Ref;

  /**
   * As `sendAfter`, in an envelope that names the timer: `{ type: 'timeout', timer, message }`. What arrives though its
   * timer was given up can be told from what is waited for. OTP: `erlang:start_timer/3`.
   * @param delayMs milliseconds, 0 or more; `Infinity` is never
   * @returns the `timer` of the message
   * @throws BadArgumentError if `to` is no address or `delayMs` no duration
   */
  startTimer(to: Address, message: unknown, delayMs: number): Ref;

  /**
   * Stops a timer, whoever started it; its message may have arrived already. OTP: `erlang:cancel_timer/1`.
   * @returns the milliseconds that were left; `false` if it has fired or there is none
   */
  cancelTimer(timer: Ref): number | false;

  /**
   * Tells how long a timer still runs. OTP: `erlang:read_timer/1`.
   * @returns milliseconds; `false` if it has fired, was cancelled or never was
   */
  readTimer(timer: Ref): number | false;

  /** The process registered under a name on this node, or with a name service. OTP: `whereis/1`. */
  whereis(name: ServerName): Pid | undefined;

  /**
   * Frees a name. OTP: `unregister/1`.
   * @throws BadArgumentError if nobody has it
   */
  unregister(name: string | LocalName<unknown>): void;

  /** The names registered on this node. OTP: `registered/0`. */
  registered(): string[];

  /** Sends an exit signal: `'kill'` cannot be trapped. OTP: `exit/2`. */
  exitSignal(to: Address, reason: unknown): void;
}
