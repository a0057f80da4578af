import type { Pid } from '../../terms/pid';
import { FrameWriter } from '../wire/frame-writer';
import { fragmentBytes, type Limits } from '../wire/limits';
import type { WireEnds } from '../wire/short-pid';
import type { ConnectionSignal, WireSignal } from '../wire/wire-signal';
import { Lanes, type LanePiece } from './lanes';
import { senderOf, type Sender, type Senders } from './sender-of';

/**
 * A frame is sent when it is this long, though the turn is not over. The first of a turn is short, so that the other node
 * can begin while this one goes on: two that answer each other would else take turns. Those that follow need not be: each
 * may be so many times as long as the one before.
 */
const firstFrameBytes = 2 * 1024;
const frameGrowth = 8;
const frameBytes = 64 * 1024;
/** How many pieces of long signals leave in one turn: other sockets and timers get their turns between them. */
const piecesPerTurn = 16;

/** Where frames go. */
export interface FrameSink {
  /**
   * Takes a frame; the bytes are not changed until `whenSent` is called, if it is: when this frame and all before it have
   * left.
   */
  sendFrame(frame: Uint8Array, whenSent?: () => void): void;
  /** Whether what is sent now leaves soon: what waits for that leaves in pieces. */
  readonly hasRoom: boolean;
  /** What is sent meanwhile leaves together. */
  together(send: () => void): void;
  /** Bytes that wait there. */
  readonly byteLength: number;
  /** So many bytes wait in all: if that is too much, it is the end. */
  limit(bytes: number): void;
}

/** What a queue needs of its connection. */
export interface SendQueueOptions {
  readonly limits: Limits;
  readonly ends: WireEnds;
  readonly sink: FrameSink;
  /** In whose name that is sent which no process sends. */
  readonly nobody: Pid;
  /** Calls back once the event loop has had a turn. */
  readonly nextTurn: (callback: () => void) => void;
  /** Some of what was set aside has left. */
  readonly onPumped: () => void;
}

/**
 * Gathers the signals of one turn of the event loop into one frame. A frame for each signal would cost ten times as
 * much: it is the number of frames that limits a connection. Signals are encoded as they are sent, so that a message
 * that changes afterwards, or cannot travel, is its sender's to deal with. A signal too long for a frame is set aside
 * with all that its sender sends until it has left; it leaves in fragments, when there is room, between the others.
 */
export class SendQueue {
  private armed = false;
  private fullBytes = firstFrameBytes;
  private hasLanes = false;
  private isPumping = false;
  private isShut = false;
  private readonly resolved = Promise.resolve();
  private readonly writer: FrameWriter;
  private readonly lanes: Lanes;
  private readonly senders: Senders;

  constructor(private readonly options: SendQueueOptions) {
    const { limits, ends, nobody } = options;
    this.writer = new FrameWriter(limits, ends);
    this.lanes = new Lanes(limits.maxFrameBytes);
    this.senders = { nobody, has: (sender) => this.lanes.has(sender) };
  }

  /** Bytes that wait here. */
  get byteLength(): number {
    return this.writer.byteLength + this.lanes.byteLength;
  }

  /**
   * @param sender who sends it, if the signal does not say
   * @throws UnsendableError if the signal holds a value that cannot travel: nothing was queued
   */
  push(signal: WireSignal, sender: Pid | null): void {
    const length = this.writer.append(signal);
    if (this.hasLanes || length > fragmentBytes) {
      this.setAside(senderOf(signal, sender, this.senders), length);
    }
    this.written();
  }

  /** Sends what the connection itself has to say, before anything that waits. */
  pushAtOnce(signal: ConnectionSignal): void {
    this.writer.append(signal);
    this.written();
  }

  /** Sends what waits, but for what is set aside. */
  readonly flush = (): void => {
    this.armed = false;
    if (this.writer.byteLength > 0) this.sendFrame(this.writer.take());
  };

  /** Sends all there is, whether there is room or not: nothing comes any more. */
  flushAll(): void {
    for (let piece = this.lanes.next(); piece !== undefined; piece = this.lanes.next()) this.sendPiece(piece);
    this.flush();
  }

  /** Sends of what is set aside as much as there is room for now; the rest follows, or waits to be told of room. */
  readonly pump = (): void => {
    const { sink, nextTurn } = this.options;
    if (this.hasLanes && !this.isPumping) {
      sink.together(this.sendPieces);
      this.hasLanes = !this.lanes.isEmpty;
      this.isPumping = this.hasLanes && sink.hasRoom;
      if (this.isPumping) nextTurn(this.pumpOn);
    }
  };

  private readonly sendPieces = (): void => {
    for (let pieces = 0; pieces < piecesPerTurn && this.options.sink.hasRoom; pieces += 1) {
      const piece = this.lanes.next();
      if (piece === undefined) return;
      this.sendPiece(piece);
    }
  };

  private readonly pumpOn = (): void => {
    this.isPumping = false;
    this.pump();
    this.options.onPumped();
  };

  /** Nothing is sent any more: drops what waits and whatever comes. */
  shut(): void {
    this.isShut = true;
    this.lanes.clear();
    this.writer.forget();
    this.hasLanes = false;
  }

  /** The signal that was just written must wait, unless it is short and its sender has nothing that waits. */
  private setAside(sender: Sender, length: number): void {
    const { writer, lanes } = this;
    const { sink } = this.options;
    if (length > fragmentBytes) {
      const before = writer.byteLength - length;
      if (before > 0) this.sendFrame(writer.take(before));
      lanes.add(sender, writer.lend());
    } else if (lanes.has(sender)) {
      lanes.add(sender, writer.takeBack(length));
    } else return;
    if (this.isShut) this.lanes.clear();
    else this.hasLanes = true;
    sink.limit(this.byteLength + sink.byteLength);
  }

  private sendPiece(piece: LanePiece): void {
    if (piece.head !== null) this.writer.append(piece.head);
    this.flush();
    if (piece.spent !== null) this.writer.giveBack(piece.spent);
    this.sendFrame(piece.bytes);
  }

  private sendFrame(frame: Uint8Array): void {
    this.options.sink.sendFrame(frame, this.writer.whenSent());
  }

  private written(): void {
    if (this.writer.byteLength >= this.fullBytes) {
      this.fullBytes = Math.min(this.fullBytes * frameGrowth, frameBytes);
      this.flush();
    } else if (!this.armed) this.arm();
  }

  private arm(): void {
    this.armed = true;
    void this.resolved.then(this.turnIsOver);
  }

  private readonly turnIsOver = (): void => {
    this.fullBytes = firstFrameBytes;
    this.flush();
    if (this.hasLanes) this.pump();
  };
}
