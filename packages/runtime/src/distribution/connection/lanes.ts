import { fragmentBytes } from '../wire/limits';
import { maxUnfinished, unfinishedFrames } from '../wire/unfinished-signals';
import type { Fragment } from '../wire/wire-signal';
import type { Sender } from './sender-of';

/** What is sent next: a part of a long signal, or short signals as they are. */
export interface LanePiece {
  /** What announces it, if it is a part. */
  readonly head: Fragment | null;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The long signal whose last part it is. */
  readonly spent: Uint8Array<ArrayBuffer> | null;
}

/** What one sender has sent and must stay in order: a long signal, and all it sent since then. */
interface Lane {
  readonly sender: Sender;
  /** Encoded signals. */
  readonly signals: Uint8Array<ArrayBuffer>[];
  /** Of the long signal that is on its way: its number, and how many of its bytes have left. */
  id: number;
  sent: number;
}

/**
 * The signals that wait because their sender has sent one too long for a frame, by sender. Lanes take turns, fragment by
 * fragment, so that no sender waits for the long signal of another. No more of them are under way than the peer makes
 * room for.
 */
export class Lanes {
  /** Bytes that wait. */
  byteLength = 0;
  private readonly bySender = new Map<Sender, Lane>();
  /** Those whose turn comes, in this order. */
  private turns: Lane[] = [];
  /** Those whose turn it was before the peer had room for them: they come first when it has. */
  private held: Lane[] = [];
  private mayHaveRoom = false;
  private lastId = 0;
  private unfinished = 0;
  private unfinishedBytes = 0;
  private readonly maxBytes: number;

  /** @param maxFrameBytes bytes of the longest signal */
  constructor(maxFrameBytes: number) {
    this.maxBytes = unfinishedFrames * maxFrameBytes;
  }

  get isEmpty(): boolean {
    return this.turns.length === 0 && this.held.length === 0;
  }

  /** Whether what a sender sends must wait here for what it has sent before. */
  has(sender: Sender): boolean {
    return this.bySender.has(sender);
  }

  /** Takes an encoded signal; it is sent behind those of its sender. */
  add(sender: Sender, signal: Uint8Array<ArrayBuffer>): void {
    this.byteLength += signal.length;
    const lane = this.bySender.get(sender);
    if (lane !== undefined) {
      lane.signals.push(signal);
      return;
    }
    const added = { sender, signals: [signal], id: 0, sent: 0 };
    this.bySender.set(sender, added);
    this.turns.push(added);
  }

  /** What is to be sent next; `undefined` if nothing waits. */
  next(): LanePiece | undefined {
    const lane = this.admitted() ?? this.nextTurn();
    if (lane === undefined) return undefined;
    const piece = isLong(lane.signals[0]) ? this.fragment(lane) : shortSignals(lane);
    this.byteLength -= piece.bytes.length;
    if (lane.signals.length > 0) this.turns.push(lane);
    else this.bySender.delete(lane.sender);
    return piece;
  }

  clear(): void {
    this.bySender.clear();
    this.turns = [];
    this.held = [];
    this.byteLength = 0;
  }

  /** One that was held, if there is room for it now. There may be thousands: they are looked at when there is more room. */
  private admitted(): Lane | undefined {
    if (!this.mayHaveRoom) return undefined;
    const at = this.held.findIndex((lane) => this.mayGoOn(lane));
    this.mayHaveRoom = at !== -1 && this.unfinished < maxUnfinished - 1;
    return at === -1 ? undefined : this.held.splice(at, 1)[0];
  }

  private nextTurn(): Lane | undefined {
    for (let lane = this.turns.shift(); lane !== undefined; lane = this.turns.shift()) {
      if (this.mayGoOn(lane)) return lane;
      this.held.push(lane);
    }
    return undefined;
  }

  /** Those that are under way can always go on, so somebody can as long as anybody waits. */
  private mayGoOn({ signals: [first], sent }: Lane): boolean {
    if (!isLong(first) || sent > 0 || this.unfinished === 0) return true;
    return this.unfinished < maxUnfinished && this.unfinishedBytes + first.length <= this.maxBytes;
  }

  private fragment(lane: Lane): LanePiece {
    const signal = lane.signals[0] as Uint8Array<ArrayBuffer>;
    if (lane.sent === 0) this.begin(lane, signal);
    const bytes = signal.subarray(lane.sent, lane.sent + fragmentBytes);
    lane.sent += bytes.length;
    const left = signal.length - lane.sent;
    if (left === 0) this.finish(lane, signal);
    const head = { kind: 'fragment', id: lane.id, left, length: bytes.length } as const;
    return { head, bytes, spent: left === 0 ? signal : null };
  }

  private begin(lane: Lane, signal: Uint8Array<ArrayBuffer>): void {
    this.unfinished += 1;
    this.unfinishedBytes += signal.length;
    lane.id = this.lastId = (this.lastId + 1) % 2 ** 31;
  }

  private finish(lane: Lane, signal: Uint8Array<ArrayBuffer>): void {
    this.unfinished -= 1;
    this.unfinishedBytes -= signal.length;
    this.mayHaveRoom = true;
    lane.signals.shift();
    lane.sent = 0;
  }
}

function isLong(signal: Uint8Array<ArrayBuffer> | undefined): signal is Uint8Array<ArrayBuffer> {
  return signal !== undefined && signal.length > fragmentBytes;
}

/** The short signals at the front of a lane, as many as make a frame. */
function shortSignals({ signals }: Lane): LanePiece {
  let count = 0;
  for (let bytes = 0; count < signals.length && bytes < fragmentBytes; count += 1) {
    const { length } = signals[count] as Uint8Array<ArrayBuffer>;
    if (length > fragmentBytes) break;
    bytes += length;
  }
  const bytes =
    count === 1 ? (signals.shift() as Uint8Array<ArrayBuffer>) : Buffer.concat(signals.splice(0, count));
  return { head: null, bytes, spent: null };
}
