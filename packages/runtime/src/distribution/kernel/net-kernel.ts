import { isNodeName, type NodeName } from '../../terms/node-name';
import type { Destination } from '../../terms/address';
import type { Pid } from '../../terms/pid';
import type { NodeBusy, NodeReady } from '../../terms/node-busy';
import type { FromIdentity } from '../../terms/from';
import { AllowedNodes } from '../../node/options/allowed-nodes';
import type { SetCookieOptions } from '../../node/options/cookie-options';
import type { Distribution, NodeEvent, NodeListKind, OneWaySignal, Outflow } from '../../node/distribution';
import type { LocalNode } from '../../node/local-node';
import { endsRelation, noConnection } from '../../node/no-distribution';
import type { TlsSource } from '../../node/options/tls-options';
import type { PendingCall } from '../../node/calls/pending-call';
import { Cookie } from '../handshake/cookie';
import { CookieJar } from '../handshake/cookie-jar';
import type { PeerInfo } from '../handshake/peer-info';
import type { HandshakeListener, HandshakeOutcome } from '../connection/handshake-exchange';
import { sendBufferOf, type SendBuffer } from '../connection/send-buffer';
import { SocketCloser } from '../socket/socket-closer';
import { reloadTls } from '../socket/reload-tls';
import { PulseKeeper } from '../pulse/pulse-keeper';
import { defaultLimits, type Limits } from '../wire/limits';
import { FrontDoor } from './front-door';
import { Handshakes } from './handshakes';
import { Reconnection } from '../reconnection/reconnection';
import { defaultNetTickMs, type NetKernelOptions } from './net-kernel-options';
import { Whereabouts } from './whereabouts';
import { Drain } from './drain';
import { dialledOf, introduction, strangers } from './mesh';
import { ReplyRelay } from './reply-relay';
import { Peer, type Attempt, type PeerHost } from './peer';

/** Connects a node to others: keeps what is between them, and hands every signal to the connection it belongs to. */
export class NetKernel implements Distribution, PeerHost {
  readonly local: LocalNode;
  readonly limits: Limits;
  readonly netTickMs: number;
  readonly allowedNodes: AllowedNodes;
  readonly sendBuffer: SendBuffer;
  readonly closer: SocketCloser;
  readonly pulse: PulseKeeper;
  readonly isHidden: boolean;
  private readonly self: PeerInfo;
  private readonly peers = new Map<NodeName, Peer>();
  private readonly cookies: CookieJar;
  private readonly handshakes: Handshakes;
  private readonly whereabouts: Whereabouts;
  private readonly door: FrontDoor;
  readonly reconnection: Reconnection;
  private readonly replies: ReplyRelay;
  private isStopping = false;
  private draining: Drain | null = null;

  /**
   * Listens, and makes the node known. The node has its distribution before the first peer can come.
   * @throws Error if the port is in use, or the name
   */
  static async start(options: NetKernelOptions): Promise<NetKernel> {
    const kernel = new NetKernel(options);
    options.node.distribution = kernel;
    await kernel.open();
    return kernel;
  }

  private constructor(private readonly options: NetKernelOptions) {
    const { node, hidden, transport } = options;
    this.local = node;
    this.limits = { ...defaultLimits, ...options.limits };
    this.netTickMs = options.netTickMs ?? defaultNetTickMs;
    this.allowedNodes = new AllowedNodes(options.allow);
    this.sendBuffer = sendBufferOf(options.sendBuffer);
    this.closer = new SocketCloser(node.clock);
    this.self = { name: node.name, creation: node.creation, hidden };
    this.isHidden = hidden;
    this.whereabouts = new Whereabouts(options);
    this.cookies = new CookieJar(node.clock, options.cookies);
    this.replies = new ReplyRelay(node, (name) => this.peerInUse(name));
    const { allowedNodes, cookies, netTickMs, peers, self, limits, closer } = this;
    this.reconnection = new Reconnection({ ...options, allowedNodes, connect: (name) => this.connect(name) });
    this.pulse = new PulseKeeper({ ...options, cookies, netTickMs, peers });
    const handshakes = new Handshakes({
      ...{ local: node, self, cookies, allowedNodes, transport, limits, closer },
      locate: (name, signal) => this.whereabouts.locate(name, signal),
    });
    this.handshakes = handshakes;
    this.door = new FrontDoor({ ...options, local: node, limits, handshakes, asked: this.asked.bind(this) });
  }

  send(node: NodeName, signal: OneWaySignal, sender: Pid | null): void {
    const connection = this.peers.get(node)?.connection;
    if (connection !== undefined && connection !== null) connection.send(signal, sender);
    else this.sendFirst(node, signal, sender);
  }

  call(node: NodeName, to: Destination, request: unknown, call: PendingCall): void {
    const peer = this.peerInUse(node);
    if (peer === undefined) call.fail({ kind: 'nodedown', node, mayHaveLeft: false });
    else peer.use().call(to, request, call);
  }

  reply(to: FromIdentity, value: unknown): void {
    this.replies.reply(to, value);
  }

  outflow(node: NodeName): Outflow | undefined {
    return this.peers.get(node)?.connection?.outflow;
  }
  bytesFrom(node: NodeName): number {
    return this.peers.get(node)?.connection?.bytesReceived ?? 0;
  }

  connect(node: NodeName): Promise<boolean> {
    if (node === this.local.name) return Promise.resolve(true);
    return this.peerFor(node)?.connect() ?? Promise.resolve(false);
  }

  disconnect(node: NodeName): Promise<boolean> {
    this.reconnection.leaveAlone(node);
    return Promise.resolve(this.peers.get(node)?.disconnect('disconnect') ?? false);
  }

  async ping(node: NodeName): Promise<'pong' | 'pang'> {
    return (await this.connectInUse(node)) ? 'pong' : 'pang';
  }

  list(kind: NodeListKind): NodeName[] {
    const isListed = ({ name, hidden }: PeerInfo): boolean => {
      if (kind === 'leaving') return this.peers.get(name)?.isLeaving === true;
      return kind === 'connected' || hidden === (kind === 'hidden');
    };
    const listed = this.connected().flatMap((info) => (isListed(info) ? info.name : []));
    return kind === 'leaving' && this.draining !== null ? [this.local.name, ...listed] : listed;
  }

  getCookie(node?: NodeName): string | undefined {
    return this.cookies.of(node)[0]?.reveal();
  }

  setCookie(cookie: string, options: SetCookieOptions): void {
    this.cookies.set(new Cookie(cookie), options);
  }

  reloadTls(tls?: TlsSource): Promise<void> {
    return reloadTls(this.options.transport, tls);
  }

  /** The port it listens on. */
  get port(): number {
    return this.door.port;
  }

  get openSockets(): number {
    let count = this.closer.openSockets + this.door.openSockets;
    for (const peer of this.peers.values()) count += peer.openSockets;
    return count;
  }

  async drain(timeoutMs: number): Promise<boolean> {
    this.reconnection.stop();
    if (this.draining === null) {
      this.draining = new Drain(this.local, () => this.peers.values(), timeoutMs);
      this.publish({ type: 'nodeleaving', node: this.local.name, hidden: this.self.hidden });
    } else this.draining.hasten(timeoutMs);
    const isDone = await this.draining.done;
    for (const peer of [...this.peers.values()]) peer.disconnect('left');
    return isDone;
  }

  leave(): void {
    this.isStopping = true;
    for (const peer of this.peers.values()) peer.connection?.end('shutdown');
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.reconnection.stop();
    this.draining?.stop();
    for (const peer of [...this.peers.values()]) peer.disconnect('shutdown');
    const { whereabouts, pulse, door, closer } = this;
    await Promise.all([whereabouts.stop(), pulse.stop(), door.close(), closer.allClosed()]);
  }

  // What its peers need.

  readonly pidOf = (address: Destination): ReturnType<PeerHost['pidOf']> =>
    this.local.router.find(address)?.pid;

  dial(node: NodeName, listener: HandshakeListener): Attempt {
    return this.handshakes.dial(node, listener);
  }

  cameUp(peer: Peer, info: PeerInfo): void {
    this.reconnection.cameUp(info);
    this.publish({ type: 'nodeup', node: info.name, hidden: info.hidden });
    const names = introduction(this.self, info, this.connected());
    if (names !== undefined) peer.use().introduce(names);
    peer.tellDeparted(this.reconnection.left);
    this.pulse.wanted(peer.use());
    this.draining?.announce(peer);
  }

  leaving(peer: Peer, { name, hidden }: PeerInfo, seen: boolean): void {
    if (seen) this.draining?.seen(peer);
    else this.publish({ type: 'nodeleaving', node: name, hidden });
  }

  wentDown(info: PeerInfo, reason: string): void {
    const { name, hidden } = info;
    const left = this.isGoing ? [] : this.reconnection.wentDown(info, reason);
    for (const peer of this.peers.values()) peer.tellDeparted(left);
    this.publish({ type: 'nodedown', node: name, hidden, reason });
  }

  told(teller: PeerInfo, names: readonly NodeName[]): void {
    if (this.isGoing) return;
    const up = new Set(this.connected().map(({ name }) => name));
    const all = strangers(this.self, teller, names, (name) => up.has(name));
    for (const name of dialledOf(all, teller, this.local.log)) this.reconnection.told(name);
  }

  failed(node: NodeName, outcome: HandshakeOutcome): void {
    this.reconnection.failed(node, outcome);
  }

  busy(info: PeerInfo, event: NodeBusy | NodeReady): void {
    this.local.events.busy(event, info.hidden || this.self.hidden);
  }

  forget(peer: Peer): void {
    if (this.peers.get(peer.name) === peer) this.peers.delete(peer.name);
  }

  /** Whether it stops, or takes its leave: it connects to nobody any more. */
  private get isGoing(): boolean {
    return this.isStopping || this.draining !== null;
  }

  /** Somebody is at the door. */
  private asked(attempt: Attempt, info: PeerInfo): void {
    const peer = this.peerFor(info.name);
    if (peer === undefined) attempt.close();
    else peer.asked(attempt, info);
  }

  private async open(): Promise<void> {
    await this.door.open();
    try {
      await this.whereabouts.register(this.door.port);
    } catch (error) {
      await Promise.all([this.door.close(), this.whereabouts.stop()]);
      throw error;
    }
  }

  /** Sends the first signal, which opens a connection, unless it only ends what a connection had begun. */
  private sendFirst(node: NodeName, signal: OneWaySignal, sender: Pid | null): void {
    if (endsRelation(signal)) return;
    const peer = this.peerInUse(node);
    if (peer !== undefined) {
      peer.use().send(signal, sender);
      return;
    }
    const answer = noConnection(signal);
    if (answer !== undefined) this.local.router.follow(answer);
  }

  /** As `connect`, where nobody has said so. */
  private async connectInUse(node: NodeName): Promise<boolean> {
    if (node === this.local.name) return true;
    return (await this.peerInUse(node)?.connect()) ?? false;
  }

  /** The peer of a node that something is sent to. */
  private peerInUse(node: NodeName): Peer | undefined {
    return this.peers.get(node) ?? (this.reconnection.allows(node) ? this.peerFor(node) : undefined);
  }

  /** The peer of a name, made when it is needed; `undefined` if the name is none that could be connected to. */
  private peerFor(node: NodeName): Peer | undefined {
    const existing = this.peers.get(node);
    if (existing !== undefined) return existing;
    if (this.isGoing || node === this.local.name || !isNodeName(node)) return undefined;
    const peer = new Peer(node, this);
    this.peers.set(node, peer);
    return peer;
  }

  /** If either side is hidden the connection is, for both. */
  private connected(): PeerInfo[] {
    const infos = [...this.peers.values()].flatMap(({ info }) => info ?? []);
    return this.self.hidden ? infos.map((info) => ({ ...info, hidden: true })) : infos;
  }

  private publish(event: NodeEvent): void {
    this.local.events.publish({ ...event, hidden: event.hidden || this.self.hidden });
  }
}
