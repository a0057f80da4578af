import { isSystemRequest } from '../../behaviours/sys/system-request';
import { castFrom } from '../../node/signals/cast-origin';
import type { LocalNode } from '../../node/local-node';
import type { Destination } from '../../terms/address';
import type { OpenCalls } from '../../terms/from';
import type { NodeName } from '../../terms/node-name';
import { nodeIn, type Pid } from '../../terms/pid';
import { castLabel, type CallSignal, type ControlSignal, type Signal } from '../../terms/signal';
import { BadFrameError } from '../wire/bad-frame';
import type { ConnectionSignal, WireSignal } from '../wire/wire-signal';
import type { ReceivedCalls } from './received-calls';
import { replyHere } from './relayed-from';
import { RemoteFrom, type AnswerPort } from './remote-from';

/** What arriving signals do to the connection they came over. */
export interface ReceivingConnection {
  readonly peer: NodeName;
  readonly openCalls: OpenCalls;
  readonly received: ReceivedCalls;
  readonly answers: AnswerPort;
  /** A control signal passes by. @returns what to deliver; `null`: nothing */
  noteReceived(signal: ControlSignal): ControlSignal | null;
  receiveConnectionSignal(signal: ConnectionSignal): void;
}

/** Delivers the signals of another node to the processes of this one. */
export class SignalReceiver {
  constructor(
    private readonly local: LocalNode,
    private readonly connection: ReceivingConnection,
  ) {}

  /** @throws BadFrameError if no node would send this here */
  readonly receive = (signal: WireSignal): void => {
    switch (signal.kind) {
      case 'call':
        this.receiveCall(signal);
        return;
      case 'message':
        this.local.router.find(signal.to)?.deliver(signal.message, null);
        return;
      case 'cast':
        this.receiveCast(signal);
        return;
      case 'aliasMessage':
        this.local.router.aliases.deliver(signal.alias, signal.message);
        return;
      case 'reply':
      case 'callFailed':
      case 'cancelCall':
      case 'portReply':
        this.receiveCallSignal(signal);
        return;
      case 'nodes':
      case 'tick':
      case 'tock':
      case 'leaving':
      case 'pulse':
      case 'departed':
      case 'bye':
      case 'fragment':
        this.connection.receiveConnectionSignal(signal);
        return;
      default:
        this.receiveControl(signal);
    }
  };

  private receiveCast({ to, request }: Extract<Signal, { kind: 'cast' }>): void {
    const { local, connection } = this;
    const process = local.router.find(to);
    if (process === undefined) return;
    process.deliver(process === local.rpcServer ? castFrom(connection.peer, request) : request, castLabel);
  }

  private receiveCall(signal: Extract<Signal, { kind: 'call' }>): void {
    const { connection } = this;
    const process = this.local.router.find(signal.to);
    if (process === undefined) {
      connection.answers.sendFailure(signal.call, { kind: 'noproc' }, null);
      return;
    }
    if (!process.isServer && isSystemRequest(signal.request)) {
      connection.answers.sendFailure(signal.call, { kind: 'notServer' }, process.pid);
      return;
    }
    const from = new RemoteFrom(signal.from, signal.call, connection.answers, process.pid);
    connection.received.add(from);
    process.deliver(signal.request, from);
  }

  private receiveCallSignal(signal: CallSignal): void {
    switch (signal.kind) {
      case 'reply':
        this.waiting(signal.call)?.reply(signal.value);
        return;
      case 'callFailed':
        this.receiveFailure(signal);
        return;
      case 'cancelCall':
        this.connection.received.find(signal.call)?.drop();
        return;
      case 'portReply':
        replyHere(this.local, signal.to, signal.value);
    }
  }

  /** Who was asked to answer in place of the server may be elsewhere, and unable to. */
  private receiveFailure({ call, failure }: Extract<CallSignal, { kind: 'callFailed' }>): void {
    const waiting = this.waiting(call);
    if (waiting !== undefined) waiting.fail(failure);
    else if (failure.kind === 'badReply') this.local.gen.numbers.find(call)?.failFromElsewhere(failure);
  }

  /** The call of a number, if it went over this connection: a node replies to its own calls only. */
  private waiting(number: number): ReturnType<LocalNode['gen']['numbers']['find']> {
    const call = this.local.gen.numbers.find(number);
    return call?.openCalls === this.connection.openCalls ? call : undefined;
  }

  private receiveControl(signal: ControlSignal): void {
    const from = senderOf(signal);
    if (from !== null && nodeIn(from) !== this.connection.peer)
      throw new BadFrameError(`${signal.kind} in the name of a process of another node, ${from}`);
    if (nodeOf(signal.to) !== this.local.name)
      throw new BadFrameError(`${signal.kind} for a process elsewhere`);
    const passed = this.connection.noteReceived(signal);
    if (passed !== null) this.local.router.route(passed);
  }
}

/** The process a signal comes from; `null` if that is not for the signal to say. */
function senderOf(signal: ControlSignal): Pid | null {
  switch (signal.kind) {
    case 'down':
      return null;
    case 'spawnReply':
      return signal.pid;
    default:
      return signal.from;
  }
}

function nodeOf(to: Destination): NodeName {
  return typeof to === 'string' ? nodeIn(to) : to.node;
}
