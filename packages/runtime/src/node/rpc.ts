import type { RequestResponse } from '../terms/message';
import type { NodeName } from '../terms/node-name';
import type { Ref } from '../terms/ref';
import type { RemoteArgs } from './spawn/spawn-verbs';
import type { Verbs } from './verbs/verbs';

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
export type RpcOutcome<Result = unknown> =
  | { readonly node: NodeName; readonly status: 'fulfilled'; readonly value: Result }
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

/** The key of the type of the result, for the compiler only. */
export declare const resultOf: unique symbol;

/** A call that was sent, and whose result its sender waits for later. OTP: `erpc`'s `request_id()`. */
export interface RpcRequest<Result = unknown> {
  readonly [resultOf]?: Result;
  /** Names it in messages. */
  readonly ref: Ref;
}

/** The result of a request, if it has come. */
export type RpcResponse<Result = unknown> =
  { readonly status: 'response'; readonly result: Result } | { readonly status: 'noResponse' };

/** Requests that are awaited together: a `RequestIds`, which takes those of `sendRequest` to servers as well. */
export interface RpcRequests<Result, Label> {
  toList(): [request: RpcRequest<Result>, label: Label][];
}

/** Where `sendRequest` puts a request. */
export interface AddRpcTo<Result, Label> {
  /** `RequestIds` that take such results, among others perhaps. */
  readonly requests: { readonly add: (request: RpcRequest<Result>, label: Label) => unknown };
  readonly label: Label;
}

/** How long to wait for the first of several, and whether that is taken out of the collection (default `true`). */
export interface RpcRequestsOptions extends RpcOptions {
  readonly delete?: boolean;
}

/** How the first of several requests has ended, and its label: a failure is the error that `call` throws. */
export type LabelledRpcResponse<Result, Label> =
  | (RequestResponse<Result> & { readonly label: Label })
  /** None of them waits for its result. */
  | { readonly status: 'noRequest' };

/** A function that a node executes: what it closes over stays behind, so `Args` bring what it needs. */
export type RemoteFunction<Args extends readonly unknown[], Result> = (...args: Args) => Result;

/** Calls functions of nodes: exposed ones by module and name, or functions of this node. OTP: `rpc`, `erpc`. */
export interface Rpc {
  /**
   * Calls a function on a node and waits for its result. OTP: `erpc:call/5`.
   * @param options.timeoutMs milliseconds, default `Infinity`
   * @throws RemoteError if the function threw (`cause` is the error as data)
   * @throws NotExposedError if the node exposes no such function: nothing was called
   * @throws RemoteExitError if the function ended its process by `exit`; RemoteKilledError if that was ended from outside
   * @throws CallTimeoutError (it may have been called)
   * @throws NodeDownError (it may have been called; not if the node was never reached: its `mayHaveBeenHandled` tells)
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
   * Calls a function of this node on another. It travels as source, without what it closes over, to nodes that were
   * started with `acceptFunctions: true` only. OTP: `erpc:call/3`.
   * @throws FunctionsNotAcceptedError if the node does not: nothing was called; else as above
   */
  call<const Args extends readonly unknown[], Result>(
    node: NodeName,
    fn: RemoteFunction<Args, Result>,
    ...rest: RemoteArgs<Args, RpcOptions>
  ): Promise<Awaited<Result>>;

  /**
   * Calls a function on several nodes at once; never fails because of one of them. OTP: `erpc:multicall/5`.
   * @returns how it ended on each node, in the order of `nodes`
   * @throws BadArgumentError if `nodes` are no names of nodes, or there is no function to call: nothing was called
   */
  multicall(
    nodes: readonly NodeName[],
    module: string,
    fn: string,
    args?: readonly unknown[],
    options?: RpcOptions,
  ): Promise<RpcOutcome[]>;
  /** As above, with a function of this node, as `call` takes one. */
  multicall<const Args extends readonly unknown[], Result>(
    nodes: readonly NodeName[],
    fn: RemoteFunction<Args, Result>,
    ...rest: RemoteArgs<Args, RpcOptions>
  ): Promise<RpcOutcome<Awaited<Result>>[]>;

  /**
   * Calls a function on a node without waiting; dropped if it cannot be called. OTP: `erpc:cast/4`.
   * @throws UnsendableError if an argument cannot travel; BadArgumentError
   */
  cast(node: NodeName, module: string, fn: string, args?: readonly unknown[]): void;
  /** As above, with a function of this node, as `call` takes one. */
  cast<const Args extends readonly unknown[]>(
    node: NodeName,
    fn: RemoteFunction<Args, unknown>,
    ...args: Args extends readonly [] ? [args?: readonly []] : [args: readonly [...Args]]
  ): void;

  /**
   * As `cast`, on several nodes. OTP: `erpc:multicast/4`.
   * @throws UnsendableError if an argument cannot travel; BadArgumentError: nothing was sent
   */
  multicast(nodes: readonly NodeName[], module: string, fn: string, args?: readonly unknown[]): void;
  /** As above, with a function of this node, as `call` takes one. */
  multicast<const Args extends readonly unknown[]>(
    nodes: readonly NodeName[],
    fn: RemoteFunction<Args, unknown>,
    ...args: Args extends readonly [] ? [args?: readonly []] : [args: readonly [...Args]]
  ): void;

  /**
   * Calls a function on a node and goes on; the result is awaited by `receiveResponse` or `waitResponse`, or arrives as a
   * message, which `checkResponse` tells from others. OTP: `erpc:send_request/4`.
   * @param on the process that calls, or a node, which has no mailbox but can wait
   * @param addTo puts the request into `RequestIds`, with a label. OTP: `erpc:send_request/6`
   * @throws UnsendableError, BadArgumentError: nothing was sent
   */
  sendRequest<Label = unknown>(
    on: Verbs,
    node: NodeName,
    module: string,
    fn: string,
    args?: readonly unknown[],
    addTo?: AddRpcTo<unknown, Label>,
  ): RpcRequest;
  /** As above, with a function of this node, as `call` takes one. */
  sendRequest<const Args extends readonly unknown[], Result, Label = unknown>(
    on: Verbs,
    node: NodeName,
    fn: RemoteFunction<Args, Result>,
    ...rest: RemoteArgs<Args, AddRpcTo<Awaited<Result>, Label>>
  ): RpcRequest<Awaited<Result>>;

  /**
   * Waits for the result of a request. When the time is over the request is given up: what comes then is dropped. OTP:
   * `erpc:receive_response/2`.
   * @param on who sent it
   * @param options.timeoutMs milliseconds, default `Infinity`
   * @throws as `call`; BadArgumentError if another than the sender asks, or there is no result to come
   */
  receiveResponse<Result>(on: Verbs, request: RpcRequest<Result>, options?: RpcOptions): Promise<Result>;
  /**
   * Waits for the first of several to end. When the time is over all of them are given up, and taken out. OTP:
   * `erpc:receive_response/3`.
   */
  receiveResponse<Result, Label>(
    on: Verbs,
    requests: RpcRequests<Result, Label>,
    options?: RpcRequestsOptions,
  ): Promise<LabelledRpcResponse<Result, Label> | { readonly status: 'timeout' }>;

  /**
   * As `receiveResponse`; when the time is over the request goes on, and can be waited for again. OTP:
   * `erpc:wait_response/2`.
   * @param options.timeoutMs milliseconds, default 0: only looks, as in OTP
   */
  waitResponse<Result>(
    on: Verbs,
    request: RpcRequest<Result>,
    options?: RpcOptions,
  ): Promise<RpcResponse<Result>>;
  /** As above, for the first of several: the others, and all when the time is over, go on. */
  waitResponse<Result, Label>(
    on: Verbs,
    requests: RpcRequests<Result, Label>,
    options?: RpcRequestsOptions,
  ): Promise<LabelledRpcResponse<Result, Label> | { readonly status: 'noResponse' }>;

  /**
   * Tells whether a message is the response to a request; for code that gets all messages. OTP: `erpc:check_response/2`.
   * @throws as `call`, if it is, and the call failed
   */
  checkResponse<Result>(message: unknown, request: RpcRequest<Result>): RpcResponse<Result>;
  /** As above, to one of several, with the label of that. */
  checkResponse<Result, Label>(
    message: unknown,
    requests: RpcRequests<Result, Label>,
    options?: { readonly delete?: boolean },
  ): LabelledRpcResponse<Result, Label> | { readonly status: 'noResponse' };

  /** The functions of a module with their types. */
  module<T>(name: string): RpcModule<T>;
}
