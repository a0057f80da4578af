import type { EventEmitter } from 'eventemitter3';
import type { Alias, AliasKind, MonitorAliasKind } from '../terms/alias';
import type { Address, LocalName, ServerPid } from '../terms/address';
import type { Clock, Random } from '../terms/clock';
import type { ExitReason } from '../terms/exit-reason';
import type { SystemMessage } from '../terms/message';
import type { NodeName } from '../terms/node-name';
import type { Pid } from '../terms/pid';
import type { Ref } from '../terms/ref';
import type { SetCookieOptions } from './options/cookie-options';
import type { DrainOptions } from './options/drain-options';
import type { NodeListKind } from './distribution';
import type { DemonitorOptions, MonitorOptions } from './monitors/monitor-options';
import type { MonitorNodesOptions } from './monitors/monitor-nodes-options';
import type { ProcessClass, ServerClass, StartArguments } from './spawn/launch';
import type { NodeLog } from './log/node-log';
import type { ProcessLog } from './log/process-log';
import type { NodeEventMap } from './node-events';
import type { Exposed, Rpc } from './rpc';
import type { ProcessInfo, ProcessItem, ProcessItems } from './process-info';
import type { OfType, Received, ReceiveOptions, TypeOf } from './verbs/received';
import type { SpawnMonitorOptions, SpawnOptions } from './spawn/spawn-options';
import type { Monitored, SpawnsLinked, SpawnsOn } from './spawn/spawn-verbs';
import type { TlsSource } from './options/tls-options';
import type { Verbs } from './verbs/verbs';

/** What a process executes. Its return ends the process with `'normal'`, an uncaught error with that error. */
export type Body<M> = (self: Self<M>) => unknown;

/** Starts processes and servers. */
export interface Starts {
  /**
   * Starts a process that executes `body`. OTP: `spawn/1`, `spawn_opt/2`.
   * @param options.label what tools and reports call it
   * @param options.mailbox how many messages may wait for it, and what happens to one more. Default: any number
   * @throws BadArgumentError
   */
  spawn<M = unknown>(body: Body<M>, options?: SpawnOptions): Pid<M>;

  /**
   * Starts a server and waits until its `init` is done. OTP: `gen_server:start/3`.
   * @returns its pid
   * @throws StartError if it did not start: the process is gone, its name is free
   * @throws NameTakenError if its name belongs to another process
   */
  start<S>(Server: ServerClass<S>, ...options: StartArguments<S>): Promise<ServerPid<S>>;
  /** Starts a process whose body is a class. */
  start<M>(Class: ProcessClass<M>, options?: SpawnOptions): Pid<M>;
}

/** A process, whatever its messages are. */
// `any`, because a process of one kind of messages is none of another kind.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnySelf = Self<any>;

/** A process, as its own code sees it. OTP: what `self()` may do. */
export interface Self<M = unknown> extends Verbs, Starts, SpawnsLinked<AnySelf> {
  /** Its address. OTP: `self()`. */
  readonly pid: Pid<M>;
  /** The node it lives on. OTP: `node()`. */
  readonly node: Node;
  /** Fires when the process ends: for what must be closed then (sockets, files, fetches). */
  readonly signal: AbortSignal;
  /** Logs, with this process filled in: its pid, name, label and class. Also after its end. OTP: `logger`. */
  readonly log: ProcessLog;
  /** What tools and reports call it, besides its pid. OTP: `proc_lib:set_label/1`. */
  label: string | undefined;

  /**
   * Waits for the next message, or the next of the given `type` or types; others stay in the mailbox, in order.
   * A process has one `receive` at a time. OTP: `receive … after … end`.
   * @returns the message; with `afterMs`, `undefined` once the time is over
   * @throws BadArgumentError if an argument is wrong, a `receive` waits already, or it is a server; what `where` throws
   */
  receive<const T extends TypeOf<Received<M>>>(
    type: T | readonly T[],
    options: ReceiveOptions<OfType<Received<M>, T>> & { readonly afterMs: number },
  ): Promise<OfType<Received<M>, T> | undefined>;
  /** As above, for as long as it takes. */
  receive<const T extends TypeOf<Received<M>>>(
    type: T | readonly T[],
    options?: ReceiveOptions<OfType<Received<M>, T>>,
  ): Promise<OfType<Received<M>, T>>;
  /** As above, of any type, for `afterMs` at most. */
  receive(
    type: undefined,
    options: ReceiveOptions<M | SystemMessage> & { readonly afterMs: number },
  ): Promise<M | SystemMessage | undefined>;
  /** As above, of any type, for as long as it takes. */
  receive(type?: undefined, options?: ReceiveOptions<M | SystemMessage>): Promise<M | SystemMessage>;

  /** As `spawn`, and linked to this process, in one step. OTP: `spawn_link/1`. */
  spawnLink<N = unknown>(body: Body<N>, options?: SpawnOptions): Pid<N>;
  /**
   * As `spawn`, and monitored by this process, in one step. OTP: `spawn_monitor/1`, `spawn_opt/2`.
   * @param options.alias, options.tag as those of `monitor`
   */
  spawnMonitor<N = unknown>(
    body: Body<N>,
    options: SpawnMonitorOptions & { readonly alias: MonitorAliasKind },
  ): Monitored<N> & { readonly ref: Alias<M> };
  /** As above, with a reference that is no alias. */
  spawnMonitor<N = unknown>(body: Body<N>, options?: SpawnMonitorOptions): Monitored<N>;
  /** As `start`, and linked to this process. OTP: `gen_server:start_link/3`. */
  startLink<S>(Server: ServerClass<S>, ...options: StartArguments<S>): Promise<ServerPid<S>>;
  /** As above, of a process whose body is a class: it runs at once. */
  startLink<N>(Class: ProcessClass<N>, options?: SpawnOptions): Pid<N>;

  /**
   * Links this process with another: the end of one is an exit signal to the other. OTP: `link/1`.
   * @throws BadArgumentError if it is no pid. If there is no such process an exit signal `'noproc'` arrives
   */
  link(pid: Pid): void;
  /**
   * Takes a link away: no exit signal of it arrives any more. OTP: `unlink/1`.
   * @throws BadArgumentError if it is no pid
   */
  unlink(pid: Pid): void;
  /**
   * Asks for one `DOWN` message when a process ends (at once, with `noproc`, if there is none).
   * OTP: `monitor(process, _)`.
   * @param options.alias makes the reference an alias of this process, until what it says: `'explicitUnalias'`; its
   *   `DOWN` or `'demonitor'`; or `'replyDemonitor'`: these, or the first message, which takes the monitor away as well
   * @param options.tag the `type` of its `DOWN` instead of that; the type of its message is then `Down<Tag>`
   * @returns the reference by which its `DOWN` is told from others
   * @throws BadArgumentError
   */
  monitor(target: Address, options: MonitorOptions & { readonly alias: MonitorAliasKind }): Alias<M>;
  /** As above, with a reference that is no alias. */
  monitor(target: Address, options?: MonitorOptions): Ref;
  /**
   * Takes a monitor away: no `DOWN` of it arrives any more. OTP: `demonitor/2`.
   * @param options.flush also drops its `DOWN` if that waits in the mailbox already (default `false`)
   * @returns whether there was such a monitor; if not, its `DOWN` may have arrived. OTP: the option `info`
   * @throws BadArgumentError
   */
  demonitor(ref: Ref, options?: DemonitorOptions): boolean;
  /**
   * Makes an address of this process that it can take back: what is sent to it then is dropped, also what is on its way,
   * so that no late answer clutters the mailbox. For `send` only. OTP: `alias/1`.
   * @param kind `'reply'`: the first message takes it back too. Default `'explicitUnalias'`
   * @throws BadArgumentError if it is no kind
   */
  alias(kind?: AliasKind): Alias<M>;
  /**
   * Takes an alias back. What arrived before stays in the mailbox. OTP: `unalias/1`.
   * @returns whether it was an active alias of this process
   * @throws BadArgumentError if it is no alias
   */
  unalias(alias: Alias): boolean;
  /** Ends this process: throws, so write `return self.exit(reason)`. OTP: `exit/1`. */
  exit(reason: ExitReason): never;
  /**
   * Whether exit signals arrive as `EXIT` messages instead of ending this process. OTP: `process_flag(trap_exit, _)`.
   * @returns what it was before
   * @throws BadArgumentError if it is neither `true` nor `false`
   */
  trapExit(flag: boolean): boolean;
  /**
   * Gives this process, or another of this node, a name on this node. OTP: `register/2`.
   * @param pid default: this process
   * @throws NameTakenError if it is taken
   * @throws BadArgumentError if the process has a name or has ended
   */
  register(name: string | LocalName<unknown>, pid?: Pid): void;
  /**
   * Whether `nodeup` and `nodedown` of visible nodes arrive as messages. A process is told once for each time it asks; `false`
   * takes back all it has asked for with the same options, and nothing else. OTP: `net_kernel:monitor_nodes/1`, `/2`.
   * @param options.leaving whether `nodeleaving` does too, of nodes that are about to leave (see `drain`). Default false
   * @param options.nodeType `'hidden'` or `'all'`: of hidden nodes too; messages say of each what it is
   * @throws BadArgumentError
   */
  monitorNodes(flag: boolean, options?: MonitorNodesOptions): void;
}

/** A node: the processes of one runtime, and its connections to other nodes. */
export interface Node extends Verbs, Starts, SpawnsOn<AnySelf> {
  /** `name@host`, or `nonode@nohost`. */
  readonly name: NodeName;
  /** Tells this life of the node from its others. */
  readonly creation: number;
  /** The caller in requests made by way of the node. */
  readonly pid: Pid;
  /**
   * `nodeup` and `nodedown` for code that is no process; `blocked` when a process has blocked the event loop; `nodeBusy`
   * and `nodeReady` when another node's event loop is blocked for most of a `netTickMs`, and when it has been heard again;
   * `busyDistPort` and `freeDistPort` when more waits to leave for another node than `sendBuffer.highBytes`, and when it has left;
   * `mappedNames` when this node serves the port mapper of its host and the names that it knows change, as they do when it
   * takes the mapper over.
   */
  readonly events: EventEmitter<NodeEventMap>;
  /** The log of this node. */
  readonly log: NodeLog;
  /** The time this node lives by: real, or virtual under test. */
  readonly clock: Clock;
  /** The chance this node lives by. */
  readonly random: Random;
  /** Calls functions of other nodes. */
  readonly rpc: Rpc;

  /**
   * Connects to a node, and so to all it is connected to. OTP: `net_kernel:connect_node/1`.
   * @returns whether they are connected
   */
  connect(node: NodeName): Promise<boolean>;
  /**
   * Closes the connection to a node. OTP: `erlang:disconnect_node/1`.
   * @returns whether there was one
   */
  disconnect(node: NodeName): Promise<boolean>;
  /**
   * Takes this node out of its cluster without a loss: tells the others, so that nothing new is asked of it (they have
   * `nodeleaving`, as has this node, and `list('leaving')` names it), waits until no call is in flight from or to it and a
   * cache has given away what it holds, and closes its connections: the others have `nodedown` with the reason `'left'`, and do not dial it. It stays on its own until it
   * stops. Calls that come although it is leaving are answered as ever. Not to be awaited by whoever answers a call of
   * another node: it would wait for itself.
   * @param options.timeoutMs how long calls in flight may take. Default 30,000
   * @returns whether all of them were finished; if not, the others fail with `NodeDownError`
   */
  drain(options?: DrainOptions): Promise<boolean>;
  /** Asks whether a node can be reached, connecting to it if need be. OTP: `net_adm:ping/1`. */
  ping(node: NodeName): Promise<'pong' | 'pang'>;
  /**
   * The connected nodes without this one: the visible ones unless told otherwise; `'leaving'` those that are about to
   * leave, this one included if it drains. OTP: `nodes/0,1`.
   */
  list(kind?: NodeListKind): NodeName[];
  /**
   * The secret this node shares with its cluster, or with one node; `undefined` without a name. OTP:
   * `erlang:get_cookie/0,1`.
   */
  getCookie(node?: NodeName): string | undefined;
  /**
   * Changes the cookie for connections that are made from now on; those that exist live on. OTP: `erlang:set_cookie/1,2`.
   * @param options.acceptOldForMs how long the cookies that were good so far stay good, so that the nodes of a cluster
   * can change one after another. Default 0: they are refused at once
   * @param options.node the one node it is for. Default: every node that has none of its own
   * @throws BadArgumentError if it is no cookie, or this node has no name, or more than 8 would be good at one time
   */
  setCookie(cookie: string, options?: SetCookieOptions): void;

  /**
   * From now on only the nodes that are named may connect to this one, or be connected to, besides those that were allowed
   * before; without a call, and without the option `allow`, every node with the cookie may. Connections that exist live
   * on. OTP: `net_kernel:allow/1`.
   * @param nodes names, or patterns such as `'ops@*'`
   * @throws BadArgumentError if one is none, or there is none, or this node has no name
   */
  allow(nodes: readonly string[]): void;
  /** The names and patterns of the nodes that are allowed; `undefined` if all are. OTP: `net_kernel:allowed/0`. */
  allowed(): readonly string[] | undefined;

  /**
   * Reads the certificate and the key of this node anew, or takes others, for connections that are made from now on;
   * those that exist live on. If they are not good nothing changes.
   * @param tls Default: what the node was started with, or reloaded with last
   * @throws BadArgumentError if they are not good, or the node was started without `tls`
   */
  reloadTls(tls?: TlsSource): Promise<void>;

  /** Lets other nodes call functions by module and name. A later module of the same name takes its place. */
  expose(module: string, functions: Exposed): void;

  /**
   * Gives a process of this node a name. OTP: `register/2`.
   * @throws NameTakenError if it is taken
   * @throws BadArgumentError if the process has a name or has ended
   */
  register(name: string | LocalName<unknown>, pid: Pid): void;
  /** The pids of the processes of this node. OTP: `processes/0`. */
  processes(): Pid[];
  /**
   * Whether a process of this node lives. OTP: `is_process_alive/1`.
   * @throws BadArgumentError if the pid is of another node
   */
  isAlive(pid: Pid): boolean;
  /**
   * What can be seen of a process of this node; `undefined` if it has ended. For debugging. OTP: `process_info/1,2`.
   * @param items only these, among them `'messages'`, which are not told otherwise
   * @throws BadArgumentError if the pid is of another node, or an item unknown
   */
  processInfo(pid: Pid): ProcessInfo | undefined;
  /** As above, of these items only. */
  processInfo<const I extends ProcessItem>(pid: Pid, items: readonly I[]): Pick<ProcessItems, I> | undefined;

  /**
   * Stops the node: what supervises first and in order, then every process, then connections, sockets and timers.
   * OTP: `init:stop/0`.
   */
  stop(): Promise<void>;
  /** Resolves when the node has stopped. */
  readonly stopped: Promise<void>;
}
