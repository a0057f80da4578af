import type { OneWaySignal } from '../../node/distribution';
import type { PendingCall } from '../../node/calls/pending-call';
import type { Destination } from '../../terms/address';
import type { Departed } from '../../terms/departed';
import { OpenCalls, type CallFailure, type FromIdentity } from '../../terms/from';
import type { NodeName } from '../../terms/node-name';
import type { Pid } from '../../terms/pid';
import type { ControlSignal } from '../../terms/signal';
import { BadFrameError } from '../wire/bad-frame';
import { FrameReader } from '../wire/frame-reader';
import { UnfinishedSignals } from '../wire/unfinished-signals';
import type { ConnectionSignal, WireSignal } from '../wire/wire-signal';
import { Answers } from './answers';
import { BusyDistPortWatch } from './busy-dist-port-watch';
import type { ConnectionContext, ConnectionListener, PassingSignals } from './connection-context';
import { FrameOutlet } from './frame-outlet';
import { ConnectionOutflow } from './outflow';
import { NetTicker, type Ticked } from './net-ticker';
import { ReceivedCalls } from './received-calls';
import { RelayedFrom } from './relayed-from';
import { SendQueue } from './send-queue';
import { SignalReceiver, type ReceivingConnection } from './signal-receiver';
import type { Socket } from '../socket/transport';

/**
 * Everything between this node and one life of a connection to another: signals out, signals in, and who waits for
 * what. It takes signals before its socket is there; they are sent, in order, when it opens.
 */
export class Connection implements ReceivingConnection, Ticked {
  readonly openCalls = new OpenCalls();
  readonly received = new ReceivedCalls();
  readonly answers: Answers;
  readonly outflow: ConnectionOutflow;
  private isOver = false;
  private socket: Socket | null = null;
  private readonly outlet: FrameOutlet;
  private readonly queue: SendQueue;
  private readonly reader: FrameReader;
  private readonly unfinished: UnfinishedSignals;
  private readonly receiver: SignalReceiver;
  private readonly ticker: NetTicker;

  constructor(
    readonly peer: NodeName,
    private readonly context: ConnectionContext,
    private readonly passing: PassingSignals,
    private readonly listener: ConnectionListener,
  ) {
    const { local, limits, netTickMs } = context;
    const ends = { self: local.name, peer };
    const nextTurn = (callback: () => void): void => {
      local.clock.nextTurn(callback);
    };
    const marks = context.sendBuffer;
    const waitingBytes = (): number => this.queue.byteLength + this.outlet.byteLength;
    const watch = new BusyDistPortWatch(peer, local);
    this.outflow = new ConnectionOutflow({ marks, waitingBytes, nextTurn, watch });
    this.outlet = new FrameOutlet({ marks, onFilled: this.outflow.filled, onOverflow: this.overflowed });
    this.queue = new SendQueue({
      limits,
      ends,
      sink: this.outlet,
      nobody: local.pid,
      nextTurn,
      onPumped: this.outflow.look,
    });
    this.unfinished = new UnfinishedSignals(limits.maxFrameBytes);
    this.answers = new Answers(peer, local, this.received, this.queue);
    const portOf = (identity: FromIdentity): RelayedFrom => new RelayedFrom(identity, local);
    this.reader = new FrameReader({ limits, ends, portOf });
    this.receiver = new SignalReceiver(local, this);
    this.ticker = new NetTicker(local.clock, netTickMs, this);
  }

  /** The handshake is done: from now on signals flow. */
  open(socket: Socket, creation: number): void {
    this.socket = socket;
    this.answers.creation = creation;
    socket.prove();
    socket.roomFor = this.unfinished.roomFor;
    socket.onMessage = this.receiveFrame;
    this.outlet.open(socket);
    socket.onDrain = this.drained;
    this.drained();
    this.ticker.start();
    socket.onClose = (problem) => {
      if (problem !== undefined) this.warn(problem);
      this.listener.lost('connectionClosed');
    };
  }

  /** @throws UnsendableError if it holds a value that cannot travel: nothing was sent */
  send(signal: OneWaySignal, sender: Pid | null): void {
    this.queue.push(signal, sender);
    if (isControl(signal)) this.passing.sent(signal);
  }

  /** @throws UnsendableError if the request holds a value that cannot travel: nothing was sent */
  call(to: Destination, request: unknown, call: PendingCall): void {
    const { gen } = this.context.local;
    const number = gen.numberOf(call);
    try {
      this.queue.push({ kind: 'call', to, call: number, from: call.pid, request }, null);
    } catch (error) {
      gen.releaseNumber(call);
      throw error;
    }
    this.openCalls.add(call);
    call.withdraw = this.cancel;
  }

  /** Answers a call of the peer that did not come over this connection. */
  relayReply(to: FromIdentity, value: unknown): void {
    this.queue.push({ kind: 'portReply', to, value }, null);
  }

  /** Fails a call of the peer's present life that did not come over this connection. */
  relayFailure(to: FromIdentity, failure: CallFailure): void {
    if (to.creation === this.answers.creation) this.answers.sendFailure(to.call, failure, null);
  }

  /** Tells the peer which nodes this one is connected to. */
  introduce(names: readonly NodeName[]): void {
    this.push({ kind: 'nodes', names }, null);
  }

  /** Tells the peer which nodes took their leave. */
  tellDeparted(nodes: readonly Departed[]): void {
    this.push({ kind: 'departed', nodes }, null);
  }

  /** Tells the peer that nothing new should be asked of this node. */
  announceLeaving(): void {
    this.push({ kind: 'leaving', seen: false }, null);
  }

  /** Whether calls are in flight, in either direction. */
  get hasCalls(): boolean {
    return !this.openCalls.isEmpty || !this.received.isEmpty;
  }

  /** Tells the peer where the pulse of this node listens. */
  tellPulse(port: number): void {
    this.sayOwn({ kind: 'pulse', port });
  }

  /** Finds out whether the peer still has this connection: `onAnswered` is called, or it is lost. */
  probe(timeoutMs: number, onAnswered: () => void): void {
    this.ticker.probe(timeoutMs, onAnswered);
  }

  /** Ends it: nothing is sent or delivered any more. The peer is told why, if it still listens. */
  end(farewell: string): void {
    if (this.isOver) return;
    this.queue.flushAll();
    this.sayOwn({ kind: 'bye', reason: farewell });
    this.queue.flush();
    this.isOver = true;
    this.reader.close();
    this.unfinished.clear();
    this.outlet.shut();
    this.queue.shut();
    this.outflow.end();
    this.ticker.stop();
    if (this.socket !== null) this.context.closer.close(this.socket);
  }

  /** Fails the calls that went over it, and forgets those that came. */
  failCalls(): void {
    this.openCalls.failAll({ kind: 'nodedown', node: this.peer, mayHaveLeft: this.wasOpen });
    this.received.dropAll();
  }

  /** Whether anything can have left. */
  get wasOpen(): boolean {
    return this.socket !== null;
  }

  get bytesReceived(): number {
    return this.socket === null ? 0 : this.socket.bytesReceived;
  }

  get framesSent(): number {
    return this.outlet.framesSent;
  }

  sendTick(): void {
    this.sayOwn({ kind: 'tick' });
  }

  peerIsDead(): void {
    this.listener.lost('netTickTimeout');
  }

  peerIs(type: 'nodeBusy' | 'nodeReady', forMs: number): void {
    this.listener.busy({ type, node: this.peer, forMs });
  }

  noteReceived(signal: ControlSignal): ControlSignal | null {
    const passed = this.passing.received(signal);
    if (passed?.kind === 'unlink') this.push({ kind: 'unlink', from: passed.to, to: passed.from }, null);
    return passed;
  }

  receiveConnectionSignal(signal: ConnectionSignal): void {
    switch (signal.kind) {
      case 'tick':
        this.sayOwn({ kind: 'tock' });
        return;
      case 'tock':
        this.ticker.answered();
        return;
      case 'leaving':
        // Behind what was sent before: what comes after it was sent by one who knows.
        if (!signal.seen) this.push({ kind: 'leaving', seen: true }, null);
        this.listener.leaving(signal.seen);
        return;
      case 'pulse':
        this.notePulse(signal.port);
        return;
      case 'bye':
        this.listener.lost(signal.reason);
        return;
      case 'nodes':
        this.listener.nodes(signal.names);
        return;
      case 'departed':
        this.listener.departed(signal.nodes);
        return;
      case 'fragment':
        this.unfinished.expect(signal);
    }
  }

  private readonly receiveFrame = (frame: Uint8Array | string): void => {
    if (this.isOver) return;
    this.ticker.heard();
    try {
      if (typeof frame === 'string') throw new BadFrameError('text');
      if (this.unfinished.isExpecting) this.receiveFragment(frame);
      else this.reader.read(frame, this.receiver.receive);
    } catch (error) {
      this.warn((error as Error).message);
      this.listener.lost('badFrame');
    }
  };

  private receiveFragment(frame: Uint8Array): void {
    const whole = this.unfinished.take(frame);
    if (whole !== undefined) this.receiver.receive(this.reader.readWhole(whole));
  }

  private readonly drained = (): void => {
    this.queue.pump();
    this.outflow.look();
  };

  private readonly cancel = (call: PendingCall): void => {
    this.push({ kind: 'cancelCall', call: call.number }, call.pid);
  };

  /** The pulse of the peer is where the peer is: of what it tells, only the port is believed. */
  private notePulse(port: number): void {
    if (this.socket === null) return;
    const owner = { name: this.peer, creation: this.answers.creation };
    this.ticker.askPulse = this.context.pulse.asker(owner, this.socket.remoteHost, port);
  }

  /** Sends what always can travel. */
  private push(signal: WireSignal, sender: Pid | null): void {
    if (!this.isOver) this.queue.push(signal, sender);
  }

  /** Says something of the connection, which waits for nothing. */
  private sayOwn(signal: ConnectionSignal): void {
    if (!this.isOver) this.queue.pushAtOnce(signal);
  }

  private readonly overflowed = (bytes: number): void => {
    this.warn(`it takes what is sent too slowly: ${String(bytes)} bytes wait`);
    this.listener.lost('sendQueueOverflow');
  };

  private warn(problem: string): void {
    const at = this.socket === null ? {} : { address: this.socket.remoteAddress };
    const report = { type: 'connection', event: 'closed', peer: this.peer, ...at, problem } as const;
    this.context.local.log.report('warning', report);
  }
}

/** Links, monitors and exits: what the end of the connection concerns. */
function isControl(signal: OneWaySignal): signal is ControlSignal {
  return signal.kind !== 'message' && signal.kind !== 'cast' && signal.kind !== 'aliasMessage';
}
