import { UnsendableError, type Pid } from '@trestle/runtime';
import type { CacheRecord } from '../../store/entry';
import type { StoredKey } from '../../store/stored-key';
import type { Patience } from '../patience';
import type { Peer } from '../peers';
import type { PendingWrite } from './pending-write';
import { noRoom, pushRecord, recordWidth } from '../record-code';
import { bulkOf, fitsInto } from '../record-parts';
import type { ReplicaContext } from '../replica-context';

/**
 * As many records travel together as must: all that are written while the server has messages; but no more than this, and no
 * more bytes than in any message between copies.
 */
const maxBatch = 500;

/** What waits to be sent to a peer. */
interface Pile {
  records: unknown[];
  /** About how many bytes they are. */
  bytes: number;
  /** Who waits for each record, if anybody does. */
  writes: (PendingWrite | null)[];
  isAwaited: boolean;
}

interface Batch {
  readonly peer: Peer;
  readonly writes: readonly (PendingWrite | null)[];
  readonly sentAt: number;
}

/** Sends copies to peers: what is written in one go travels in one message to each of them. */
export class Outbox {
  private readonly piles = new Map<Peer, Pile>();
  private readonly inFlight = new Map<number, Batch>();
  private lastNumber = 0;
  private isFlushing = false;

  /** @param outdated hears that a peer knows a newer version than was written */
  constructor(
    private readonly context: ReplicaContext,
    private readonly outdated: (write: PendingWrite, stamp: number) => void,
  ) {}

  /** @param write who waits for it, if anybody does */
  add(peer: Peer, key: StoredKey, record: CacheRecord, write: PendingWrite | null): void {
    const bulk = bulkOf(record);
    const before = this.piles.get(peer);
    if (before !== undefined && !fitsInto(before.bytes, bulk)) this.send(peer, before);
    const pile = this.pileOf(peer);
    pushRecord(pile.records, key, record);
    pile.bytes += bulk;
    pile.writes.push(write);
    if (write !== null) pile.isAwaited = true;
    if (pile.writes.length >= maxBatch) this.send(peer, pile);
    else if (!this.isFlushing) {
      this.isFlushing = true;
      this.context.soon('flush');
    }
  }

  flush(): void {
    this.isFlushing = false;
    for (const [peer, pile] of this.piles) this.send(peer, pile);
  }

  /** A peer has the copies of a batch. @param outdated the places and stamps of what it knows newer versions of */
  copied(number: number, outdated: readonly number[]): void {
    const batch = this.inFlight.get(number);
    if (batch === undefined) return;
    this.inFlight.delete(number);
    const stamps = new Map<number, number>();
    for (let i = 0; i < outdated.length; i += 2) stamps.set(outdated[i] ?? 0, outdated[i + 1] ?? 0);
    batch.writes.forEach((write, place) => {
      const stamp = stamps.get(place);
      if (write === null) return;
      if (stamp === undefined) write.copied();
      else if (stamp === noRoom) write.full(batch.peer.node);
      else this.outdated(write, stamp);
    });
  }

  /** What was sent to a peer, or was to be, is lost. */
  left(peer: Peer): void {
    const pile = this.piles.get(peer);
    this.piles.delete(peer);
    for (const write of pile?.writes ?? []) write?.lost();
    this.loseWhere((batch) => batch.peer === peer);
  }

  /** What has not been answered for too long is lost. */
  loseLate(patience: Patience): void {
    this.loseWhere(({ peer, sentAt }) => patience.isOver(peer, sentAt));
  }

  /** Whether an answer is outstanding. */
  get isWaiting(): boolean {
    return this.inFlight.size > 0;
  }

  private loseWhere(isLost: (batch: Batch) => boolean): void {
    for (const [number, batch] of this.inFlight) {
      if (!isLost(batch)) continue;
      this.inFlight.delete(number);
      for (const write of batch.writes) write?.lost();
    }
  }

  private pileOf(peer: Peer): Pile {
    const known = this.piles.get(peer);
    if (known !== undefined) return known;
    const pile: Pile = { records: [], bytes: 0, writes: [], isAwaited: false };
    this.piles.set(peer, pile);
    return pile;
  }

  private send(peer: Peer, { records, writes, isAwaited }: Omit<Pile, 'bytes'>): void {
    this.piles.delete(peer);
    const number = isAwaited ? (this.lastNumber += 1) : 0;
    if (isAwaited) this.inFlight.set(number, { peer, writes, sentAt: this.context.now() });
    try {
      this.sendTo(peer.pid, number, records);
    } catch (error) {
      if (!(error instanceof UnsendableError)) throw error;
      this.inFlight.delete(number);
      if (writes.length === 1) writes[0]?.fail(error);
      else this.sendEach(peer, records, writes);
    }
  }

  /** Together they were too large, or one of them cannot travel: the others must not suffer from it. */
  private sendEach(peer: Peer, records: readonly unknown[], writes: readonly (PendingWrite | null)[]): void {
    writes.forEach((write, place) => {
      const at = place * recordWidth;
      this.send(peer, {
        records: records.slice(at, at + recordWidth),
        writes: [write],
        isAwaited: write !== null,
      });
    });
  }

  private sendTo(pid: Pid, number: number, records: readonly unknown[]): void {
    this.context.send(pid, ['cache:copies', this.context.pid, number, records]);
  }
}
