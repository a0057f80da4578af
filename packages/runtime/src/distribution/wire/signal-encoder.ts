import type { Destination } from '../../terms/address';
import type { CallFailure } from '../../terms/from';
import type { MonitoredName } from '../../terms/message';
import type { CallSignal } from '../../terms/signal';
import type { SpawnReplySignal, SpawnRequestSignal } from '../../terms/spawn-signal';
import type { CborBlock } from './cbor-block';
import type { Limits } from './limits';
import { failureCode, opcode } from './opcodes';
import { encodeLongText, encodeNumber } from './scalar-encoder';
import { ValueEncoder } from './value-encoder';
import { ShortPids, type WireEnds } from './short-pid';
import { major, simple } from './wire-tags';
import { relationBits } from './spawn-shapes';
import type { ConnectionSignal, WireSignal } from './wire-signal';

type RareSignal = Exclude<WireSignal, { kind: 'message' | 'cast' | 'call' | 'reply' }>;
type RareCallSignal = Extract<RareSignal, CallSignal>;

/** Writes signals: each is an array of its opcode, its fields and, last, the value it carries. */
export class SignalEncoder {
  private readonly values: ValueEncoder;
  private readonly ownPids: ShortPids;
  private readonly peerPids: ShortPids;
  /** How long the block was before the signal. */
  private start = 0;

  constructor(
    private readonly block: CborBlock,
    limits: Limits,
    ends: WireEnds,
  ) {
    this.values = new ValueEncoder(block, limits);
    this.ownPids = new ShortPids(ends.self);
    this.peerPids = new ShortPids(ends.peer);
  }

  /** @throws UnsendableError if the signal holds a value that cannot travel */
  encode(signal: WireSignal): void {
    this.start = this.block.length;
    switch (signal.kind) {
      case 'message':
        this.open(3, opcode.message);
        this.shortDestination(signal.to);
        this.value(signal.message, 'message');
        return;
      case 'cast':
        this.open(3, opcode.cast);
        this.shortDestination(signal.to);
        this.value(signal.request, 'request');
        return;
      case 'call':
        this.open(5, opcode.call);
        encodeNumber(this.block, signal.call);
        this.shortPid(this.ownPids, signal.from);
        this.shortDestination(signal.to);
        this.value(signal.request, 'request');
        return;
      case 'reply':
        this.open(3, opcode.reply);
        encodeNumber(this.block, signal.call);
        this.value(signal.value, 'reply');
        return;
      default:
        this.rareSignal(signal);
    }
  }

  private rareSignal(signal: RareSignal): void {
    switch (signal.kind) {
      case 'callFailed':
      case 'cancelCall':
      case 'portReply':
        this.callSignal(signal);
        return;
      case 'aliasMessage':
        this.open(3, opcode.aliasMessage);
        this.text(signal.alias);
        this.value(signal.message, 'message');
        return;
      case 'nodes':
      case 'tick':
      case 'tock':
      case 'leaving':
      case 'pulse':
      case 'departed':
      case 'bye':
      case 'fragment':
        this.connectionSignal(signal);
        return;
      default:
        this.controlSignal(signal);
    }
  }

  private connectionSignal(signal: ConnectionSignal): void {
    switch (signal.kind) {
      case 'nodes':
        this.open(2, opcode.nodes);
        this.value(signal.names, 'names');
        return;
      case 'tick':
      case 'tock':
        this.open(1, opcode[signal.kind]);
        return;
      case 'leaving':
        this.open(2, opcode.leaving);
        this.value(signal.seen, 'seen');
        return;
      case 'pulse':
        this.open(2, opcode.pulse);
        encodeNumber(this.block, signal.port);
        return;
      case 'departed':
        this.open(2, opcode.departed);
        this.value(
          signal.nodes.map(({ name, creation }) => [name, creation]),
          'nodes',
        );
        return;
      case 'bye':
        this.open(2, opcode.bye);
        this.text(signal.reason);
        return;
      case 'fragment':
        this.open(4, opcode.fragment);
        encodeNumber(this.block, signal.id);
        encodeNumber(this.block, signal.left);
        encodeNumber(this.block, signal.length);
    }
  }

  private callSignal(signal: RareCallSignal): void {
    switch (signal.kind) {
      case 'callFailed':
        this.open(4, opcode.callFailed);
        encodeNumber(this.block, signal.call);
        this.failure(signal.failure);
        return;
      case 'cancelCall':
        this.open(2, opcode.cancelCall);
        encodeNumber(this.block, signal.call);
        return;
      case 'portReply':
        this.open(6, opcode.portReply);
        this.text(signal.to.pid);
        this.text(signal.to.node);
        encodeNumber(this.block, signal.to.creation);
        encodeNumber(this.block, signal.to.call);
        this.value(signal.value, 'reply');
    }
  }

  private controlSignal(
    signal: Exclude<RareSignal, RareCallSignal | { kind: 'aliasMessage' } | ConnectionSignal>,
  ): void {
    switch (signal.kind) {
      case 'link':
      case 'unlink':
        this.open(3, opcode[signal.kind]);
        this.text(signal.from);
        this.text(signal.to);
        return;
      case 'exit':
      case 'linkExit':
        this.open(4, opcode[signal.kind]);
        this.text(signal.from);
        this.destination(signal.to);
        this.value(signal.reason, 'reason');
        return;
      case 'monitor':
      case 'demonitor':
        this.open(4, opcode[signal.kind]);
        this.text(signal.ref);
        this.text(signal.from);
        this.destination(signal.to);
        return;
      case 'down':
        this.open(5, opcode.down);
        this.text(signal.ref);
        this.text(signal.to);
        this.monitored(signal.pid);
        this.value(signal.reason, 'reason');
        return;
      default:
        this.spawnSignal(signal);
    }
  }

  private spawnSignal(signal: SpawnRequestSignal | SpawnReplySignal): void {
    const isRequest = signal.kind === 'spawnRequest';
    this.open(isRequest ? 8 : 6, opcode[signal.kind]);
    this.text(signal.ref);
    this.text(isRequest ? signal.from : signal.to);
    encodeNumber(this.block, relationBits(signal));
    if (isRequest) {
      this.value(signal.code, 'function');
      this.value(signal.args, 'args');
      this.value(signal.options.label, 'label');
      this.value(signal.options.mailbox, 'mailbox');
    } else {
      this.value(signal.pid, 'pid');
      this.value(signal.problem, 'problem');
    }
  }

  private open(fields: number, code: number): void {
    this.block.head(major.array, fields);
    this.block.head(major.positive, code);
  }

  private value(value: unknown, path: string): void {
    this.values.encode(value, path, this.start);
  }

  private text(text: string): void {
    if (!this.block.shortAscii(text)) encodeLongText(this.block, text);
  }

  private shortDestination(to: Destination): void {
    if (typeof to === 'string') this.shortPid(this.peerPids, to);
    else this.destination(to);
  }

  private shortPid(pids: ShortPids, pid: string): void {
    const start = pids.startOf(pid);
    if (!this.block.shortAscii(pid, start)) encodeLongText(this.block, pid.slice(start));
  }

  /** A name is wrapped in an array and a pid is not; the node is the one that receives. */
  private destination(to: Destination): void {
    if (typeof to === 'string') {
      this.text(to);
      return;
    }
    this.block.head(major.array, 1);
    this.text(to.name);
  }

  /** What was monitored may be a name of the node that sends, so its node is told. */
  private monitored(pid: string | MonitoredName): void {
    if (typeof pid === 'string') {
      this.text(pid);
      return;
    }
    this.block.head(major.array, 2);
    this.text(pid.name);
    this.text(pid.node);
  }

  private failure(failure: CallFailure): void {
    this.block.head(major.positive, failureCode[failure.kind]);
    switch (failure.kind) {
      case 'noproc':
      case 'notServer':
      case 'mailboxFull':
        this.block.byte(simple.null);
        return;
      case 'exit':
        this.value(failure.reason, 'reason');
        return;
      case 'nodedown':
        this.text(failure.node);
        return;
      case 'badReply':
        this.value(failure.error, 'error');
    }
  }
}
