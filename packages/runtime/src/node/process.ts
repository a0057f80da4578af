import type { Alias, AliasKind, MonitorAliasKind } from '../terms/alias';
import type { Address, LocalName, ServerPid } from '../terms/address';
import { BadArgumentError } from '../terms/errors';
import { checkFunction } from '../terms/executable';
import { ProcessExit, type ExitReason } from '../terms/exit-reason';
import { isTaggedDownOf, type SystemMessage } from '../terms/message';
import { checkOptions } from '../terms/options';
import { isPid, type Pid } from '../terms/pid';
import { checkRef, type Ref } from '../terms/ref';
import type { LocalProcess } from '../process/local-process';
import { MessageReceiver } from '../process/receiver';
import { startClass } from './verbs/base-verbs';
import { launch, type messages } from './spawn/launch';
import type { ProcessClass, ServerClass, StartArguments } from './spawn/launch';
import { linkToStarter, type Launcher } from './spawn/launcher';
import type { LocalNode } from './local-node';
import type { ProcessLog } from './log/process-log';
import { checkAliasKind, checkMonitorOptions, flushesDown, markMonitor } from './monitors/monitor-options';
import type { DemonitorOptions, MonitorOptions } from './monitors/monitor-options';
import type { Body, Node, Self } from './node';
import { abortOf } from './verbs/abort-signal';
import { ParentVerbs } from './verbs/parent-verbs';
import type { OfType, Received, ReceiveOptions, TypeOf } from './verbs/received';
import { registerName } from './names/register-name';
import { monitorNodesOptions, type MonitorNodesOptions } from './monitors/monitor-nodes-options';
import { spawnOptionsSchema, splitSpawnMonitor } from './spawn/spawn-options';
import type { SpawnMonitorOptions, SpawnOptions } from './spawn/spawn-options';
import type { Monitored } from './spawn/spawn-verbs';
import { patienceOf, wantedOf } from './options/receive-options';

/** What few processes need, made on first use. */
interface Extras {
  abort?: AbortController;
  log?: ProcessLog;
}

/**
 * A process. A body gets one as `self`; a class extends it and overrides `run`. Once the process has ended every
 * verb throws, so that code which was in the middle of something stops there: JavaScript cannot be interrupted.
 */
export class Process<M = unknown> extends ParentVerbs implements Self<M> {
  declare readonly [messages]?: (message: M) => void;
  private local!: LocalNode;
  private process!: LocalProcess;
  private receiver: MessageReceiver<unknown> | null = null;
  private extras: Extras | null = null;

  /** Starts a process of this class. */
  static [launch](this: new () => Process, launcher: Launcher, options: object): Pid {
    checkOptions(`start ${this.name}`, spawnOptionsSchema, options);
    const self = new this();
    checkFunction(`start ${this.name}: run()`, (self as { readonly run: unknown }).run);
    return startBody(launcher, self, runClass, options);
  }

  /** @internal Makes `self` the voice of a process of this node; done once, before its code runs. */
  static embody<M>(
    self: Process<M>,
    local: LocalNode,
    process: LocalProcess,
    receiver: MessageReceiver<unknown> | null = null,
  ): void {
    self.local = local;
    self.process = process;
    self.receiver = receiver;
  }

  /** What the process executes; it ends when this returns. */
  run(): unknown {
    throw new BadArgumentError({
      call: 'start',
      expected: 'a class that overrides run()',
      got: this.constructor,
    });
  }

  override get pid(): Pid<M> {
    return this.process.pid;
  }

  get node(): Node {
    return this.local.node;
  }

  get label(): string | undefined {
    return this.process.label ?? undefined;
  }

  set label(label: string | undefined) {
    if (label !== undefined && typeof label !== 'string')
      throw new BadArgumentError({ call: 'label', expected: 'a string, or undefined', got: label });
    this.process.label = label ?? null;
  }

  get signal(): AbortSignal {
    const extras = (this.extras ??= {});
    return (extras.abort ??= abortOf(this.process)).signal;
  }

  get log(): ProcessLog {
    const extras = (this.extras ??= {});
    return (extras.log ??= this.local.log.ofProcess(this.process));
  }

  receive<const T extends TypeOf<Received<M>>>(
    type: T | readonly T[],
    options: ReceiveOptions<OfType<Received<M>, T>> & { readonly afterMs: number },
  ): Promise<OfType<Received<M>, T> | undefined>;
  receive<const T extends TypeOf<Received<M>>>(
    type: T | readonly T[],
    options?: ReceiveOptions<OfType<Received<M>, T>>,
  ): Promise<OfType<Received<M>, T>>;
  receive(
    type: undefined,
    options: ReceiveOptions<M | SystemMessage> & { readonly afterMs: number },
  ): Promise<M | SystemMessage | undefined>;
  receive(type?: undefined, options?: ReceiveOptions<M | SystemMessage>): Promise<M | SystemMessage>;
  // The overloads are those of `Self`: they say what comes out for which type.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  receive(type?: string | readonly string[], options?: ReceiveOptions<any>): Promise<any> {
    const { receiver } = this;
    if (receiver === null || receiver.isBusy) {
      const expected =
        receiver === null ? 'a process with a body (a server has handleInfo)' : 'one receive at a time';
      return Promise.reject(new BadArgumentError({ call: 'receive', expected, got: type }));
    }
    try {
      return receiver.receive(wantedOf(type, options), patienceOf(options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  spawn<N = unknown>(body: Body<N>, options?: SpawnOptions): Pid<N> {
    return spawnBody('spawn', this.launcher(false), body, options);
  }

  spawnLink<N = unknown>(body: Body<N>, options?: SpawnOptions): Pid<N> {
    return spawnBody('spawnLink', this.launcher(true), body, options);
  }

  spawnMonitor<N = unknown>(
    body: Body<N>,
    options: SpawnMonitorOptions & { readonly alias: MonitorAliasKind },
  ): Monitored<N> & { readonly ref: Alias<M> };
  spawnMonitor<N = unknown>(body: Body<N>, options?: SpawnMonitorOptions): Monitored<N>;
  spawnMonitor<N = unknown>(body: Body<N>, options?: SpawnMonitorOptions): Monitored<N> {
    const [traits, monitor] = splitSpawnMonitor('spawnMonitor', options);
    const pid = spawnBody('spawnMonitor', this.launcher(false), body, traits);
    return { pid, ref: this.monitor(pid, monitor) };
  }

  startLink<S>(Server: ServerClass<S>, ...options: StartArguments<S>): Promise<ServerPid<S>>;
  startLink<N>(Class: ProcessClass<N>, options?: SpawnOptions): Pid<N>;
  startLink(Class: ServerClass<unknown> | ProcessClass<unknown>, options: object = {}): unknown {
    return startClass('startLink', Class, this.launcher(true), options);
  }

  link(pid: Pid): void {
    const { router } = this.acting();
    if (!isPid(pid)) throw new BadArgumentError({ call: 'link', expected: 'a pid', got: pid });
    if (pid === this.pid || this.process.hasLink(pid)) return;
    this.process.addLink(pid);
    router.route({ kind: 'link', from: this.pid, to: pid });
  }

  unlink(pid: Pid): void {
    const { router } = this.acting();
    if (!isPid(pid)) throw new BadArgumentError({ call: 'unlink', expected: 'a pid', got: pid });
    if (this.process.removeLink(pid)) router.route({ kind: 'unlink', from: this.pid, to: pid });
  }

  monitor(target: Address, options: MonitorOptions & { readonly alias: MonitorAliasKind }): Alias<M>;
  monitor(target: Address, options?: MonitorOptions): Ref;
  monitor(target: Address, options?: MonitorOptions): Ref {
    const local = this.acting();
    const { router } = local;
    if (options !== undefined) checkMonitorOptions(options);
    const pid = router.find(target)?.pid;
    const to = pid !== undefined && pid === target ? pid : router.destinationOf('monitor', target);
    const ref = local.refs.next();
    if (pid === this.pid) return ref;
    // By pid, because the name may be another's when the monitor is taken away.
    this.process.addMonitor(ref, pid ?? to);
    if (options !== undefined) markMonitor(router, ref, this.process, options);
    router.route({ kind: 'monitor', ref, from: this.pid, to });
    return ref;
  }

  alias(kind: AliasKind = 'explicitUnalias'): Alias<M> {
    const { refs, router } = this.acting();
    checkAliasKind(kind);
    const ref = refs.next();
    router.aliases.add(ref, this.process, kind);
    return ref as Alias<M>;
  }

  unalias(alias: Alias): boolean {
    const { router } = this.acting();
    return router.aliases.remove(checkRef('unalias', alias), this.process);
  }

  demonitor(ref: Ref, options?: DemonitorOptions): boolean {
    const { router } = this.acting();
    checkRef('demonitor', ref);
    const flushes = options !== undefined && flushesDown(options);
    const to = this.process.removeMonitor(ref);
    if (to === undefined) {
      if (flushes) this.flushDown(ref);
      return false;
    }
    router.monitorEnded(ref);
    router.route({ kind: 'demonitor', ref, from: this.pid, to });
    return true;
  }

  exit(reason: ExitReason): never {
    throw new ProcessExit(reason);
  }

  trapExit(flag: boolean): boolean {
    this.acting();
    checkFlag('trapExit', flag);
    const before = this.process.trapsExits;
    this.process.trapsExits = flag;
    return before;
  }

  register(name: string | LocalName<unknown>, pid: Pid = this.pid): void {
    registerName(this.acting(), name, pid);
  }

  monitorNodes(flag: boolean, options?: MonitorNodesOptions): void {
    const { events } = this.acting();
    checkFlag('monitorNodes', flag);
    const wanted = monitorNodesOptions(options);
    if (flag) events.subscribe(this.process, wanted);
    else events.unsubscribe(this.process, wanted);
  }

  protected acting(): LocalNode {
    if (this.process.hasEnded) throw new ProcessExit(this.process.exitReason);
    return this.local;
  }

  protected launcher(link: boolean): Launcher {
    return { local: this.acting(), starter: this.process, link };
  }

  protected get caller(): LocalProcess {
    return this.process;
  }

  private flushDown(ref: Ref): void {
    const index = this.process.dropMessage((message) => isTaggedDownOf(ref, message));
    if (index !== -1) this.receiver?.messageDropped(index);
  }
}

function checkFlag(call: string, flag: unknown): void {
  if (typeof flag !== 'boolean') throw new BadArgumentError({ call, expected: 'true or false', got: flag });
}

/** The body of a process whose class says what it executes. */
function runClass(self: Self): unknown {
  return self instanceof Process ? self.run() : undefined;
}

/** Starts a process that executes a body; `self` is what its code speaks through. */
function startBody<M>(launcher: Launcher, self: Process<M>, body: Body<M>, options?: SpawnOptions): Pid<M> {
  const { local } = launcher;
  const process = local.createProcess(options?.mailbox);
  if (options?.label !== undefined) process.label = options.label;
  const run = body as (self: unknown) => unknown;
  const receiver = new MessageReceiver<unknown>(process, local.bodies, self, run);
  Process.embody(self, local, process, receiver);
  linkToStarter(launcher, process);
  process.begin(receiver);
  return process.pid;
}

/** Starts a process that executes a function. */
export function spawnBody<M>(
  call: string,
  launcher: Launcher,
  body: Body<M>,
  options?: SpawnOptions,
): Pid<M> {
  checkFunction(call, body);
  if (options !== undefined) checkOptions(call, spawnOptionsSchema, options);
  return startBody(launcher, new Process<M>(), body, options);
}
