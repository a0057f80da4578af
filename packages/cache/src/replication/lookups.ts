import type { NodeName } from '@trestle/runtime';
import { compareRecords, type CacheRecord } from '../store/entry';
import type { StoredKey } from '../store/stored-key';
import type { Peer, Peers } from './peers';
import { keyAt, recordAt, recordWidth } from './record-code';
import type { ReplicaContext } from './replica-context';

/** Hears what the other copies know of a key: the newest of it, or nothing. */
export type LookupEnd = (record: CacheRecord | undefined) => void;

/** A key that others are asked for, and all who want to know. */
interface Lookup {
  readonly ends: LookupEnd[];
  open: number;
  best: CacheRecord | undefined;
}

interface Question {
  readonly peer: Peer;
  readonly keys: readonly StoredKey[];
  readonly sentAt: number;
}

/** Asks the other copies for keys. All who ask for a key at one time share one question. */
export class Lookups {
  private readonly lookups = new Map<StoredKey, Lookup>();
  private readonly piles = new Map<Peer, StoredKey[]>();
  private readonly asked = new Map<number, Question>();
  /** What waits for nodes that were greeted and may answer any moment. */
  private deferred: { key: StoredKey; owners: readonly NodeName[]; end: LookupEnd }[] = [];
  private lastNumber = 0;
  private isFlushing = false;

  constructor(
    private readonly context: ReplicaContext,
    private readonly peers: Peers,
  ) {}

  /** @param owners whom to ask; those that are not there know nothing */
  find(key: StoredKey, owners: readonly NodeName[], end: LookupEnd): void {
    const running = this.lookups.get(key);
    if (running !== undefined) {
      running.ends.push(end);
      return;
    }
    if (owners.some((owner) => this.peers.isExpected(owner))) {
      this.deferred.push({ key, owners, end });
      return;
    }
    const there = owners.map((owner) => this.peers.get(owner)).filter((peer) => peer !== undefined);
    if (there.length === 0) {
      end(undefined);
      return;
    }
    this.lookups.set(key, { ends: [end], open: there.length, best: undefined });
    for (const peer of there) this.ask(peer, key);
  }

  /** Others are there than before, or are not expected any more. */
  retry(): void {
    const { deferred } = this;
    this.deferred = [];
    for (const { key, owners, end } of deferred) this.find(key, owners, end);
  }

  flush(): void {
    this.isFlushing = false;
    for (const [peer, keys] of this.piles) {
      this.lastNumber += 1;
      this.asked.set(this.lastNumber, { peer, keys, sentAt: this.context.now() });
      this.context.send(peer.pid, ['cache:ask', this.context.pid, this.lastNumber, keys]);
    }
    this.piles.clear();
  }

  told(number: number, records: readonly unknown[]): void {
    const question = this.asked.get(number);
    if (question === undefined) return;
    this.asked.delete(number);
    for (let at = 0; at < records.length; at += recordWidth)
      this.answer(keyAt(records, at), recordAt(records, at));
  }

  left(peer: Peer): void {
    const pile = this.piles.get(peer) ?? [];
    this.piles.delete(peer);
    for (const key of pile) this.answer(key, undefined);
    this.giveUpWhere((question) => question.peer === peer);
  }

  /** Who was asked before a moment and has not answered knows nothing. */
  giveUpAskedBefore(moment: number): void {
    this.giveUpWhere((question) => question.sentAt < moment);
  }

  get isWaiting(): boolean {
    return this.asked.size > 0;
  }

  private giveUpWhere(isGivenUp: (question: Question) => boolean): void {
    for (const [number, question] of this.asked) {
      if (!isGivenUp(question)) continue;
      this.asked.delete(number);
      for (const key of question.keys) this.answer(key, undefined);
    }
  }

  private ask(peer: Peer, key: StoredKey): void {
    const pile = this.piles.get(peer);
    if (pile === undefined) this.piles.set(peer, [key]);
    else pile.push(key);
    if (this.isFlushing) return;
    this.isFlushing = true;
    this.context.soon('flush');
  }

  private answer(key: StoredKey, record: CacheRecord | undefined): void {
    const lookup = this.lookups.get(key);
    if (lookup === undefined) return;
    if (record !== undefined && (lookup.best === undefined || compareRecords(record, lookup.best) > 0))
      lookup.best = record;
    lookup.open -= 1;
    if (lookup.open > 0) return;
    this.lookups.delete(key);
    for (const end of lookup.ends) end(lookup.best);
  }
}
