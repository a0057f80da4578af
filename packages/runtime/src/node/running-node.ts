import { inspect, type InspectOptionsStylized } from '#platform/inspect';
import type { EventEmitter } from 'eventemitter3';
import type { LocalName } from '../terms/address';
import type { Clock, Random } from '../terms/clock';
import { BadArgumentError } from '../terms/errors';
import { checkNodeName, type NodeName } from '../terms/node-name';
import { checkOwnPid, type Pid } from '../terms/pid';
import { inspected } from '../terms/inspected';
import { checkAllowed } from './options/allowed-nodes';
import { BaseVerbs } from './verbs/base-verbs';
import { checkSetCookie, type SetCookieOptions } from './options/cookie-options';
import { drainTimeoutOf, type DrainOptions } from './options/drain-options';
import type { NodeListKind } from './distribution';
import type { Launcher } from './spawn/launcher';
import type { LocalNode } from './local-node';
import type { Body, Node } from './node';
import type { NodeLog } from './log/node-log';
import type { NodeEventMap } from './node-events';
import { spawnBody } from './process';
import { processInfo, type ProcessInfo, type ProcessItem, type ProcessItems } from './process-info';
import { registerName } from './names/register-name';
import type { Exposed, Rpc } from './rpc';
import type { SpawnOptions } from './spawn/spawn-options';
import { stopNode } from './stop/stop-node';
import type { TlsSource } from './options/tls-options';

/** What a node needs of the layer that calls functions of other nodes. */
export interface RpcService extends Rpc {
  expose(module: string, functions: Exposed): void;
}

/** The public face of a node: hands every verb to the part that does it. */
export class RunningNode extends BaseVerbs implements Node {
  /**
   * What a node is made of, whether it runs or not: for tests, which look inside.
   * @throws BadArgumentError if it is no node
   */
  static partsOf(call: string, node: unknown): LocalNode {
    if (node instanceof RunningNode) return node.local;
    throw new BadArgumentError({ call, expected: 'a node', got: node });
  }

  readonly stopped: Promise<void>;
  private markStopped!: () => void;
  private stopping: Promise<void> | null = null;

  constructor(
    private readonly local: LocalNode,
    readonly rpc: RpcService,
  ) {
    super();
    this.stopped = new Promise((resolve) => (this.markStopped = resolve));
  }

  get name(): NodeName {
    return this.local.name;
  }
  get creation(): number {
    return this.local.creation;
  }
  get pid(): Pid {
    return this.local.pid;
  }
  get log(): NodeLog {
    return this.local.log;
  }
  get clock(): Clock {
    return this.local.clock;
  }
  get random(): Random {
    return this.local.random;
  }
  get events(): EventEmitter<NodeEventMap> {
    return this.local.events.emitter;
  }

  /** For prompts and logs. */
  override [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    const { name, creation } = this;
    return inspected('Node', { name, creation, connected: this.list('connected') }, depth, options);
  }

  async connect(node: NodeName): Promise<boolean> {
    const { distribution, gen } = this.acting();
    // Without a name there is nobody to wait for.
    return gen.inPassing(await distribution.connect(checkNodeName('connect', node)), null);
  }
  async disconnect(node: NodeName): Promise<boolean> {
    const { distribution, gen } = this.acting();
    return gen.inPassing(await distribution.disconnect(checkNodeName('disconnect', node)), null);
  }
  async ping(node: NodeName): Promise<'pong' | 'pang'> {
    const { distribution, gen } = this.acting();
    return gen.inPassing(await distribution.ping(checkNodeName('ping', node)), null);
  }
  list(kind: NodeListKind = 'visible'): NodeName[] {
    checkListKind(kind);
    return this.local.distribution.list(kind);
  }
  getCookie(node?: NodeName): string | undefined {
    if (node !== undefined) checkNodeName('getCookie', node);
    return this.local.distribution.getCookie(node);
  }
  setCookie(cookie: string, options: SetCookieOptions = {}): void {
    checkSetCookie(cookie, options);
    this.acting().distribution.setCookie(cookie, options);
  }

  allow(nodes: readonly string[]): void {
    const checked = checkAllowed(nodes);
    const { allowedNodes } = this.acting().distribution;
    if (allowedNodes !== null) allowedNodes.allow(checked);
    else throw new BadArgumentError({ call: 'allow', expected: 'a node with a name', got: this.name });
  }
  allowed(): readonly string[] | undefined {
    return this.local.distribution.allowedNodes?.list();
  }

  async reloadTls(tls?: TlsSource): Promise<void> {
    return this.acting().distribution.reloadTls(tls);
  }

  async drain(options: DrainOptions = {}): Promise<boolean> {
    return this.acting().distribution.drain(drainTimeoutOf(options));
  }

  spawn<M = unknown>(body: Body<M>, options?: SpawnOptions): Pid<M> {
    return spawnBody('spawn', this.launcher(), body, options);
  }
  expose(module: string, functions: Exposed): void {
    this.acting();
    this.rpc.expose(module, functions);
  }

  register(name: string | LocalName<unknown>, pid: Pid): void {
    registerName(this.acting(), name, pid);
  }
  processes(): Pid[] {
    return [...this.local.table.all()].map((process) => process.pid);
  }
  isAlive(pid: Pid): boolean {
    return this.local.table.get(checkOwnPid('isAlive', pid, this.name)) !== undefined;
  }
  processInfo(pid: Pid): ProcessInfo | undefined;
  processInfo<const I extends ProcessItem>(pid: Pid, items: readonly I[]): Pick<ProcessItems, I> | undefined;
  processInfo(pid: Pid, items?: readonly ProcessItem[]): unknown {
    return processInfo(this.local, pid, items);
  }

  stop(): Promise<void> {
    this.stopping ??= stopNode(this.local).finally(this.markStopped);
    return this.stopping;
  }

  protected acting(): LocalNode {
    this.local.checkRunning();
    return this.local;
  }

  protected get caller(): null {
    return null;
  }

  protected launcher(): Launcher {
    return { local: this.local, starter: null, link: false };
  }
}

const listKinds: readonly unknown[] = ['visible', 'hidden', 'connected', 'leaving'] satisfies NodeListKind[];

function checkListKind(kind: unknown): void {
  if (listKinds.includes(kind)) return;
  throw new BadArgumentError({
    call: 'list',
    expected: "'visible', 'hidden', 'connected' or 'leaving'",
    got: kind,
  });
}
