import type { NodeName } from '../terms/node-name';

/** Functions by name, as a node exposes them. */
// The arguments come from other nodes: what they are is for each function to check.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Exposed = Readonly<Record<string, (...args: any[]) => unknown>>;

/** Options of a remote procedure call. */
export interface RpcOptions {
  /** Milliseconds to wait for the result. Default `Infinity`, as in OTP: it fails at once if the node is lost. */
  readonly timeoutMs?: number;
}

/** How a call of `multicall` ended on one node. */
export type RpcOutcome =
  | { readonly node: NodeName; readonly status: 'fulfilled'; readonly value: unknown }
  | { readonly node: NodeName; readonly status: 'rejected'; readonly reason: unknown };

/** An exposed module on a given node: each function answers with a promise. */
export type RemoteModule<T> = {
  readonly [Name in keyof T]: T[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** A module that other nodes expose, by its type. */
export interface RpcModule<T> {
  /** The module of the given node; calls fail as those of `rpc.call` do. */
  on(node: NodeName, options?: RpcOptions): RemoteModule<T>;
}

/** Calls exposed functions by module and name. OTP: `rpc`, `erpc`. */
export interface Rpc {
  /**
   * Calls a function on a node and waits for its result. OTP: `erpc:call/5`.
   * @param options.timeoutMs milliseconds, default `Infinity`
   * @throws RemoteError if the function threw (`cause` is the error as data)
   * @throws NotExposedError if the node exposes no such function: nothing was called
   * @throws RemoteExitError if the function ended its process by `exit`; RemoteKilledError if that was ended from outside
   * @throws NodeDownError, CallTimeoutError (it may have been called)
   * @throws UnsendableError if an argument cannot travel; BadArgumentError
   */
  call(
    node: NodeName,
    module: string,
    fn: string,
    args?: readonly unknown[],
    options?: RpcOptions,
  ): Promise<unknown>;
  /**
   * Calls a function on several nodes at once; never fails as a whole. OTP: `erpc:multicall/5`.
   * @returns how it ended on each node, in the order of `nodes`
   */
  multicall(
    nodes: readonly NodeName[],
    module: string,
    fn: string,
    args?: readonly unknown[],
    options?: RpcOptions,
  ): Promise<RpcOutcome[]>;
  /**
   * Calls a function on a node without waiting; dropped if it cannot be called. OTP: `erpc:cast/4`.
   * @throws UnsendableError if an argument cannot travel; BadArgumentError
   */
  cast(node: NodeName, module: string, fn: string, args?: readonly unknown[]): void;
  /** The functions of a module with their types. */
  module<T>(name: string): RpcModule<T>;
}
