import type { Alias, MonitorAliasKind } from '../../terms/alias';
import type { NodeName } from '../../terms/node-name';
import type { Pid } from '../../terms/pid';
import type { Ref } from '../../terms/ref';
import type { SpawnMonitorOptions, SpawnOptions, SpawnRequestOptions } from './spawn-options';

/** A process that was started with a monitor on it. */
export interface Monitored<M> {
  readonly pid: Pid<M>;
  /** The reference that its `DOWN` will have. */
  readonly ref: Ref;
}

/** A function that a node executes as a process: what it closes over stays behind, so `Args` bring what it needs. */
export type RemoteBody<Self, Args extends readonly unknown[]> = (self: Self, ...args: Args) => unknown;

/** The arguments of a function that is executed elsewhere, and options: both can be left out if it takes none. */
export type RemoteArgs<Args extends readonly unknown[], Options> = Args extends readonly []
  ? [args?: readonly [], options?: Options]
  : [args: readonly [...Args], options?: Options];

/** Starts processes on any node. */
export interface SpawnsOn<Self> {
  /**
   * Starts a process on a node that executes an exposed function there; on its own node too. OTP: `spawn/4`.
   * @param args what the function gets; behind `self` if it was made by `body`
   * @param options label and mailbox, as those of `spawn`
   * @returns its pid, once it has started: it waits for a node that is blocked, until the connection is lost
   * @throws NodeDownError (the process may have been started; not if the node was never reached: its
   *   `mayHaveBeenHandled` tells)
   * @throws NotExposedError if the node exposes no such function, or not to this one; RemoteError if the node refuses it for
   *   another reason. Nothing was started
   * @throws UnsendableError if an argument cannot travel; BadArgumentError: nothing was asked for
   */
  spawnOn(
    node: NodeName,
    module: string,
    fn: string,
    args?: readonly unknown[],
    options?: SpawnOptions,
  ): Promise<Pid>;
  /**
   * Starts a process on a node that executes a function of this one. It travels as source, without what it closes over,
   * to nodes that were started with `acceptFunctions: true` only. OTP: `spawn/2`, Elixir's `Node.spawn/2`.
   * @param body gets `self`, there, and then `args`
   * @throws FunctionsNotAcceptedError if the node does not; UnsendableError if the function is more than its source; else as
   *   above. What the function throws is the end of its process, and tells nobody
   */
  spawnOn<Args extends readonly unknown[] = []>(
    node: NodeName,
    body: RemoteBody<Self, Args>,
    ...rest: RemoteArgs<Args, SpawnOptions>
  ): Promise<Pid>;
}

/** Starts processes on any node that are related to this one from their first moment on. */
export interface SpawnsLinked<Self> extends SpawnsOn<Self> {
  /**
   * As `spawnOn`, and links the new process to this one, in one step. If the node is not reached, or lost meanwhile, that
   * is an exit signal `'noconnection'`; if there is no such function there, one with `NotExposedError` as data; if the node
   * accepts no functions, one with `FunctionsNotAcceptedError`. None of them is thrown. OTP: `spawn_link/4`.
   * @returns its pid; of one that was not started, a pid that no process has, another one each time
   * @throws RemoteError if the node refuses to start it for another reason, such as a wrong option
   * @throws UnsendableError if an argument cannot travel; BadArgumentError: nothing was asked for
   */
  spawnLinkOn(
    node: NodeName,
    module: string,
    fn: string,
    args?: readonly unknown[],
    options?: SpawnOptions,
  ): Promise<Pid>;
  /** As above, with a function of this node, as `spawnOn` takes one. */
  spawnLinkOn<Args extends readonly unknown[] = []>(
    node: NodeName,
    body: RemoteBody<Self, Args>,
    ...rest: RemoteArgs<Args, SpawnOptions>
  ): Promise<Pid>;

  /**
   * As `spawnOn`, and monitors the new process, in one step. If the node is not reached, or lost meanwhile, that is a
   * `DOWN` with `'noconnection'`; if there is no such function there, one with `NotExposedError` as data; if the node accepts
   * no functions, one with `FunctionsNotAcceptedError`. None of them is thrown. OTP: `spawn_monitor/4`, `spawn_opt/5`.
   * @param options.alias, options.tag as those of `monitor`
   * @throws RemoteError if the node refuses to start it for another reason, such as a wrong option
   * @throws UnsendableError if an argument cannot travel; BadArgumentError: nothing was asked for
   */
  spawnMonitorOn(
    node: NodeName,
    module: string,
    fn: string,
    args: readonly unknown[],
    options: SpawnMonitorOptions & { readonly alias: MonitorAliasKind },
  ): Promise<Monitored<unknown> & { readonly ref: Alias }>;
  /** As above, with a reference that is no alias. */
  spawnMonitorOn(
    node: NodeName,
    module: string,
    fn: string,
    args?: readonly unknown[],
    options?: SpawnMonitorOptions,
  ): Promise<Monitored<unknown>>;
  /** As above, with a function of this node, as `spawnOn` takes one. */
  spawnMonitorOn<Args extends readonly unknown[] = []>(
    node: NodeName,
    body: RemoteBody<Self, Args>,
    ...rest: RemoteArgs<Args, SpawnMonitorOptions>
  ): Promise<Monitored<unknown>>;

  /**
   * Asks for a process on a node and goes on; the answer arrives as a message (`SpawnReply`), before any other signal of
   * the new process. Its `error` is what `spawnOn` would throw; but if there is to be a link or a monitor, that tells of a
   * function that is not there, or not accepted, as with `spawnLinkOn`, and the answer is `ok`. OTP: `spawn_request/5`.
   * @param options.link, options.monitor how the new process is related to this one
   * @param options.reply which answers arrive; default `'yes'`, every one
   * @param options.replyTag the type of that message; default `'spawnReply'`
   * @returns names the request, and is the reference of the monitor
   * @throws UnsendableError, BadArgumentError: nothing was asked for
   */
  spawnRequest(
    node: NodeName,
    module: string,
    fn: string,
    args?: readonly unknown[],
    options?: SpawnRequestOptions,
  ): Ref;
  /** As above, with a function of this node, as `spawnOn` takes one. */
  spawnRequest<Args extends readonly unknown[] = []>(
    node: NodeName,
    body: RemoteBody<Self, Args>,
    ...rest: RemoteArgs<Args, SpawnRequestOptions>
  ): Ref;
  /**
   * Wants nothing to do any more with what was asked for: no answer arrives, no link or monitor is made. The process may
   * be started all the same; if it was to be linked it gets an exit signal `'abandoned'`. OTP:
   * `spawn_request_abandon/1`.
   * @returns whether the request was without an answer
   */
  spawnRequestAbandon(request: Ref): boolean;
}
