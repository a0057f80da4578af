import type { ControlSignal } from '../../terms/signal';
import type { Destination } from '../../terms/address';
import type { Departed } from '../../terms/departed';
import type { NodeBusy, NodeReady } from '../../terms/node-busy';
import type { NodeName } from '../../terms/node-name';
import type { Pid } from '../../terms/pid';
import type { Admission } from '../handshake/handshake-step';
import type { PeerInfo } from '../handshake/peer-info';
import { Connection } from '../connection/connection';
import type { ConnectionContext } from '../connection/connection-context';
import type { HandshakeListener, HandshakeOutcome } from '../connection/handshake-exchange';
import type { Socket } from '../socket/transport';
import {
  firstConnectionState,
  connectionStep,
  type Channel,
  type ConnectionEffect,
  type ConnectionEvent,
} from './connection-step';
import { RemoteWatchers } from './remote-watchers';

/** An attempt at a connection, as far as its peer steers it. */
export interface Attempt {
  admission(decision: Admission): void;
  /** Gives it up. */
  close(): void;
  /** From now on `listener` hears how it goes. */
  follow(listener: HandshakeListener): void;
}

/** What a peer needs of its node. */
export interface PeerHost extends ConnectionContext {
  readonly pidOf: (address: Destination) => Pid | undefined;
  dial(node: NodeName, listener: HandshakeListener): Attempt;
  /** Connected: called before anything of the peer is delivered. */
  cameUp(peer: Peer, info: PeerInfo): void;
  /** Lost: called when everybody it concerns was told. */
  wentDown(info: PeerInfo, reason: string): void;
  told(teller: PeerInfo, names: readonly NodeName[]): void;
  /** What peers tell of nodes that took their leave is for it. */
  readonly reconnection: { departed(nodes: readonly Departed[]): void };
  /** The peer is about to leave; or, if `seen`, it knows that this node is. */
  leaving(peer: Peer, info: PeerInfo, seen: boolean): void;
  /** The peer lives but does not listen, or listens again. */
  busy(info: PeerInfo, event: NodeBusy | NodeReady): void;
  /** A handshake came to nothing. */
  failed(node: NodeName, outcome: HandshakeOutcome): void;
  /** Nothing is left to know about the peer. */
  forget(peer: Peer): void;
}

/** A handshake that is done, until its connection is up. */
interface Established {
  readonly socket: Socket;
  readonly info: PeerInfo;
}

/** Another node, as long as there is something between it and this one: does what the connection table says. */
export class Peer {
  /** Where signals go: the open connection, or the one that waits to be opened. */
  connection: Connection | null = null;
  /** What is known of the node, while it is connected. */
  info: PeerInfo | null = null;
  /** Whether the node has said that it is about to leave. */
  isLeaving = false;
  private watchers: RemoteWatchers;
  private state = firstConnectionState;
  private readonly attempts = new Map<Channel, Attempt>();
  private readonly established = new Map<Channel, Established>();
  private readonly events: ConnectionEvent[] = [];
  private stepping = false;
  private accepts = 0;
  private waiters: ((connected: boolean) => void)[] = [];

  constructor(
    readonly name: NodeName,
    private readonly host: PeerHost,
  ) {
    this.watchers = new RemoteWatchers(host.pidOf);
  }

  /** The connection to send by; one that waits, if there is none yet. */
  use(): Connection {
    if (this.connection !== null) return this.connection;
    const connection = this.prepare();
    this.dispatch({ kind: 'wanted' });
    return connection;
  }

  /** Connects, and tells whether it worked. */
  connect(): Promise<boolean> {
    if (this.info !== null) return Promise.resolve(true);
    return new Promise((resolve) => {
      this.waiters.push(resolve);
      this.dispatch({ kind: 'wanted' });
    });
  }

  /** @returns whether it was connected */
  disconnect(reason: string): boolean {
    const wasConnected = this.info !== null;
    this.dispatch({ kind: 'disconnect', reason });
    return wasConnected;
  }

  /** Tells it, if it is connected, which nodes took their leave. */
  tellDeparted(nodes: readonly Departed[]): void {
    if (this.info !== null && nodes.length > 0) this.use().tellDeparted(nodes);
  }

  /** The sockets of its connection and of attempts at one. For inspection. */
  get openSockets(): number {
    return this.attempts.size + this.established.size + (this.info === null ? 0 : 1);
  }

  /** The node dialled, has proved itself, and asks to be let in. */
  asked(attempt: Attempt, info: PeerInfo): void {
    this.accepts += 1;
    const channel = `accept-${String(this.accepts)}`;
    this.attempts.set(channel, attempt);
    attempt.follow(this.listenerOf(channel));
    this.dispatch({ kind: 'asked', channel, creation: info.creation });
  }

  private listenerOf(channel: Channel): HandshakeListener {
    return {
      asked: () => undefined,
      ended: (outcome) => {
        this.ended(channel, outcome);
      },
    };
  }

  private ended(channel: Channel, outcome: HandshakeOutcome): void {
    this.attempts.delete(channel);
    if (outcome.kind === 'accepted') {
      this.established.set(channel, { socket: outcome.socket, info: outcome.peer });
      this.dispatch({ kind: 'established', channel, creation: outcome.peer.creation });
    } else {
      this.host.failed(this.name, outcome);
      this.dispatch({ kind: 'gone', channel, reason: outcome.kind });
    }
  }

  /** One event after another: what an effect causes comes after the effects that were decided before. */
  private dispatch(event: ConnectionEvent): void {
    this.events.push(event);
    if (this.stepping) return;
    this.stepping = true;
    try {
      for (let next = this.events.shift(); next !== undefined; next = this.events.shift()) this.step(next);
    } finally {
      this.stepping = false;
    }
    if (this.state.phase === 'idle' && this.connection === null) this.host.forget(this);
  }

  private step(event: ConnectionEvent): void {
    const ends = { self: this.host.local.name, peer: this.name };
    const { state, effects } = connectionStep(ends, this.state, event);
    this.state = state;
    for (const effect of effects) this.perform(effect);
    if (event.kind === 'established') this.dropIfStale(event.channel);
  }

  private perform(effect: ConnectionEffect): void {
    switch (effect.kind) {
      case 'dial':
        this.attempts.set(effect.channel, this.host.dial(this.name, this.listenerOf(effect.channel)));
        return;
      case 'admit':
        this.attempts.get(effect.channel)?.admission('ok');
        return;
      case 'refuse':
        this.attempts.get(effect.channel)?.admission('alreadyConnected');
        return;
      case 'close':
        this.attempts.get(effect.channel)?.close();
        return;
      case 'probe':
        this.probe(effect.channel);
        return;
      case 'up':
        this.goUp(effect.channel);
        return;
      case 'down':
        this.goDown(effect.reason);
        return;
      case 'unreachable':
        this.release('unreachable');
        this.settle(false);
    }
  }

  private probe(channel: Channel): void {
    this.connection?.probe(this.host.limits.handshakeTimeoutMs / 2, () => {
      this.dispatch({ kind: 'answered', channel });
    });
  }

  private goUp(channel: Channel): void {
    const { socket, info } = this.established.get(channel) as Established;
    this.established.delete(channel);
    this.info = info;
    const connection = this.connection ?? this.prepare();
    this.host.cameUp(this, info);
    connection.open(socket, info.creation);
    this.settle(true);
  }

  private goDown(reason: string): void {
    const info = this.info as PeerInfo;
    this.info = null;
    this.isLeaving = false;
    this.release(reason);
    this.host.wentDown(info, reason);
  }

  /** Gives the connection up and tells everybody who waits for something of it. */
  private release(reason: string): void {
    const { connection, watchers } = this;
    this.connection = null;
    connection?.end(reason);
    const signals: ControlSignal[] = watchers.lost(connection?.wasOpen === true);
    // The listener of an end may have disconnected, in the midst of others: yet nodedown comes behind these.
    for (const signal of signals) this.host.local.router.route(signal);
    connection?.failCalls();
  }

  private settle(connected: boolean): void {
    const waiters = this.waiters;
    this.waiters = [];
    for (const resolve of waiters) resolve(connected);
  }

  private prepare(): Connection {
    this.watchers = new RemoteWatchers(this.host.pidOf);
    const connection: Connection = new Connection(this.name, this.host, this.watchers, {
      lost: (reason) => {
        if (this.connection === connection) this.lost(reason);
      },
      nodes: (names) => {
        if (this.info !== null) this.host.told(this.info, names);
      },
      departed: (nodes) => {
        this.host.reconnection.departed(nodes);
      },
      leaving: (seen) => {
        this.toldOfLeaving(seen);
      },
      busy: (event) => {
        if (this.info !== null) this.host.busy(this.info, event);
      },
    });
    this.connection = connection;
    return connection;
  }

  private toldOfLeaving(seen: boolean): void {
    if (this.info === null) return;
    if (!seen) this.isLeaving = true;
    this.host.leaving(this, this.info, seen);
  }

  private lost(reason: string): void {
    if (this.state.phase === 'up') this.dispatch({ kind: 'gone', channel: this.state.channel, reason });
    else this.dispatch({ kind: 'disconnect', reason });
  }

  private dropIfStale(channel: Channel): void {
    const stale = this.established.get(channel);
    this.established.delete(channel);
    if (stale !== undefined) this.host.closer.close(stale.socket);
  }
}
