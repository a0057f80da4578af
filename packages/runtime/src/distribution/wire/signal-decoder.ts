import type { Buffer } from '#platform/buffer';
import type { Destination } from '../../terms/address';
import type { From, FromIdentity } from '../../terms/from';
import type { NodeName } from '../../terms/node-name';
import { nodeIn, pidPrefix, type Pid } from '../../terms/pid';
import { BadFrameError } from './bad-frame';
import { FrameCursor, noBytes } from './frame-cursor';
import type { Limits } from './limits';
import { opcode } from './opcodes';
import type { WireEnds } from './short-pid';
import { isCount } from './caller-identity';
import { refuse } from './refuse-signal';
import { callOf, SignalShapes } from './signal-shapes';
import { TextCache } from './text-cache';
import { UsualReceiver } from './usual-receiver';
import { ValueDecoder } from './value-decoder';
import type { WireSignal } from './wire-signal';
import { major } from './wire-tags';

/** What a decoder of signals needs to know. */
export interface SignalDecoderOptions {
  readonly limits: Limits;
  readonly ends: WireEnds;
  /** Makes the caller of a call that can be answered from here. */
  readonly portOf: (identity: FromIdentity) => From;
}

/** The first byte of a pid that travels whole. */
const wholePid = '<'.charCodeAt(0);

/** Reads signals: the frequent ones field by field as they come, the others by way of an array of their fields. */
export class SignalDecoder {
  private readonly cursor = new FrameCursor();
  private readonly values: ValueDecoder;
  private readonly shapes: SignalShapes;
  private readonly self: NodeName;
  private readonly peer: NodeName;
  private readonly ownPids: TextCache;
  private readonly peerPids: TextCache;
  private readonly usualReceiver = new UsualReceiver();

  constructor({ limits, ends, portOf }: SignalDecoderOptions) {
    this.values = new ValueDecoder(this.cursor, limits, portOf);
    this.shapes = new SignalShapes(ends.self);
    this.self = ends.self;
    this.peer = ends.peer;
    this.ownPids = new TextCache(pidPrefix(ends.self));
    this.peerPids = new TextCache(pidPrefix(ends.peer));
  }

  /** Where the signal that was decoded last ends. */
  get position(): number {
    return this.cursor.position;
  }

  /** Whether the memory that was given to the signal that was decoded last is in none of its values. */
  get isUnshared(): boolean {
    return this.cursor.isGiven;
  }

  /**
   * Decodes one signal. Nothing is left over from one to the next, so whoever is handed it may decode another frame.
   * @param isGiven whether the memory is for the signal alone, so that its values may share it
   * @throws BadFrameError if there is none at that place
   */
  decode(bytes: Buffer, position: number, isGiven = false): WireSignal {
    this.cursor.seek(bytes, position, isGiven);
    const fields = this.cursor.expect(major.array);
    this.values.begin(fields);
    if (fields === 0) return refuse('number');
    const code = this.cursor.expect(major.positive);
    switch (code) {
      case opcode.call:
        return this.call(fields);
      case opcode.reply:
        expectFields(fields, 3);
        return { kind: 'reply', call: callOf(this.values.decode()), value: this.values.decode() };
      case opcode.cast:
        expectFields(fields, 3);
        return { kind: 'cast', to: this.destination(), request: this.values.decode() };
      case opcode.message:
        expectFields(fields, 3);
        return { kind: 'message', to: this.destination(), message: this.values.decode() };
      default:
        return this.rareSignal(code, fields);
    }
  }

  /** Lets go of the frame: a decoder that waits must not keep it. */
  leave(): void {
    this.cursor.seek(noBytes, 0);
  }

  private call(fields: number): WireSignal {
    expectFields(fields, 5);
    const call = callOf(this.values.decode());
    const from = this.callerPid();
    return { kind: 'call', to: this.destination(), call, from, request: this.values.decode() };
  }

  /** A node calls in the name of its own processes: what travels shortened can be nobody else's. */
  private callerPid(): Pid {
    const length = this.cursor.expect(major.text);
    if (this.cursor.peek() !== wholePid) return this.values.textOf(length, this.peerPids) as Pid;
    const from = this.values.textOf(length) as Pid;
    if (nodeIn(from) === this.peer) return from;
    throw new BadFrameError(`call in the name of a process of another node, ${from}`);
  }

  private rareSignal(code: number, length: number): WireSignal {
    if (code === opcode.fragment) return this.fragment(length);
    const fields: unknown[] = [code];
    while (fields.length < length) fields.push(this.values.decode());
    return this.shapes.signalOf(fields);
  }

  private fragment(fields: number): WireSignal {
    expectFields(fields, 4);
    const [id, left, length] = [this.count(), this.count(), this.count()];
    return { kind: 'fragment', id, left, length };
  }

  private count(): number {
    const value = this.values.decode();
    return isCount(value) ? value : refuse('fragment');
  }

  private destination(): Destination {
    return this.usualReceiver.take(this.cursor) ?? this.newDestination();
  }

  private newDestination(): Destination {
    const { cursor } = this;
    const { position } = cursor;
    const destination = this.readDestination();
    this.usualReceiver.note(destination, cursor, position);
    return destination;
  }

  /** A name is wrapped in an array and a pid is not. */
  private readDestination(): Destination {
    if (this.cursor.peek() >> 5 !== major.array) return this.pid(this.ownPids);
    if (this.cursor.expect(major.array) !== 1) return refuse('receiver');
    return { name: this.values.text(), node: this.self };
  }

  /** Pids of the frequent signals are not parsed: one that is none names no process. */
  private pid(shortened: TextCache): Pid {
    const length = this.cursor.expect(major.text);
    return this.values.textOf(length, this.cursor.peek() === wholePid ? undefined : shortened) as Pid;
  }
}

function expectFields(fields: number, expected: number): void {
  if (fields !== expected) refuse('number of fields');
}
