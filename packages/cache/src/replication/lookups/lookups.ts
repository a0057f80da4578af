import type { NodeName } from '@trestle/runtime';
import { compareRecords, type CacheRecord } from '../../store/entry';
import type { StoredKey } from '../../store/stored-key';
import type { Patience } from '../patience';
import type { Peer, Peers } from '../peers';
import type { PeerMessage } from '../peer-message';
import { keyAt, movedAt, recordAt, recordWidth } from '../record-code';
import type { ReplicaContext } from '../replica-context';

/** Who of those that were asked for a key has said anything. */
export interface Heard {
  /** How many have said what they know, if only that they know nothing. */
  readonly answers: number;
  /** Who is there and has said nothing. */
  readonly silent: readonly NodeName[];
  /** Who was asked. */
  readonly asked: readonly NodeName[];
  /** Whether one of them has gone before it had answered. */
  readonly hasLost: boolean;
  /** The stamp of the newest that one of them had and has given away a moment ago; 0 if none has. */
  readonly moved: number;
}

/** Hears what the other copies know of a key: the newest of it, or nothing. */
export type LookupEnd = (record: CacheRecord | undefined, heard: Heard) => void;

const nobodyAsked: Heard = { answers: 0, silent: [], asked: [], hasLost: false, moved: 0 };

/** A key that others are asked for, and all who want to know. */
interface Lookup {
  readonly ends: LookupEnd[];
  open: number;
  answers: number;
  silent: readonly NodeName[];
  readonly asked: readonly NodeName[];
  hasLost: boolean;
  moved: number;
  best: CacheRecord | undefined;
}

interface Question {
  readonly peer: Peer;
  /** The keys it has not been told of. */
  readonly open: Set<StoredKey>;
  /** When it was asked, or last said something. */
  sentAt: number;
}

/** What is asked for, and whom. */
export interface LookupKind {
  /** The other nodes that are asked for a key. */
  readonly whom: (key: StoredKey) => readonly NodeName[];
  readonly ask: (number: number, keys: readonly StoredKey[]) => PeerMessage;
  /** Whether those must hear of it too of whom no answer is awaited. */
  readonly isClaim: boolean;
  /** By how much the numbers of questions differ, each kind having its own. */
  readonly step: 1 | -1;
}

/** Asks the other copies for keys. All who ask for a key at one time share one question. */
export class Lookups {
  private readonly lookups = new Map<StoredKey, Lookup>();
  private readonly piles = new Map<Peer, StoredKey[]>();
  private readonly asked = new Map<number, Question>();
  /** What waits for nodes that were greeted and may answer any moment. */
  private deferred: { key: StoredKey; end: LookupEnd }[] = [];
  /** How many wait to hear of members that may have come. */
  private holds = 0;
  private lastNumber = 0;
  private isFlushing = false;

  constructor(
    private readonly context: ReplicaContext,
    private readonly peers: Peers,
    private readonly patience: Patience,
    private readonly kind: LookupKind,
  ) {}

  /** Asks those who may have a key; those that are not there know nothing. */
  find(key: StoredKey, end: LookupEnd): void {
    const running = this.lookups.get(key);
    if (running !== undefined) {
      running.ends.push(end);
      return;
    }
    const owners = this.kind.whom(key);
    if (this.holds > 0 || owners.some((owner) => this.peers.expected.has(owner))) {
      this.deferred.push({ key, end });
      return;
    }
    const there = owners.map((owner) => this.peers.get(owner)).filter((peer) => peer !== undefined);
    const awaited = there.filter((peer) => !this.patience.isSpent(peer));
    const silent = this.tellSilent(
      key,
      there.filter((peer) => !awaited.includes(peer)),
    );
    if (awaited.length === 0) {
      end(undefined, { ...nobodyAsked, asked: silent, silent });
      return;
    }
    const asked = there.map(({ node }) => node);
    this.lookups.set(key, {
      ...nobodyAsked,
      asked,
      silent,
      ends: [end],
      open: awaited.length,
      best: undefined,
    });
    for (const peer of awaited) this.ask(peer, key);
  }

  /** Others are there than before, or are not expected any more. */
  retry(): void {
    const { deferred } = this;
    this.deferred = [];
    for (const { key, end } of deferred) this.find(key, end);
  }

  /** Nobody is asked until something is known: who the members are. */
  async holdUntil(known: Promise<unknown>): Promise<void> {
    this.holds += 1;
    await Promise.allSettled([known]);
    this.holds -= 1;
    if (this.holds === 0) this.retry();
  }

  flush(): void {
    this.isFlushing = false;
    for (const [peer, keys] of this.piles) {
      this.lastNumber += this.kind.step;
      this.asked.set(this.lastNumber, { peer, open: new Set(keys), sentAt: this.context.now() });
      this.context.send(peer.pid, this.kind.ask(this.lastNumber, keys));
    }
    this.piles.clear();
  }

  /** @param isLast whether all is told that was asked for */
  told(number: number, records: readonly unknown[], isLast: boolean): void {
    const question = this.asked.get(number);
    if (question === undefined) return;
    if (isLast) this.asked.delete(number);
    question.sentAt = this.context.now();
    for (let at = 0; at < records.length; at += recordWidth) {
      const key = keyAt(records, at);
      question.open.delete(key);
      const record = recordAt(records, at);
      // What is made of it here is newer, though the clock here is behind that of who has written it.
      if (record !== undefined) this.context.clock.observe(record.stamp);
      const isGone = record === undefined || this.context.store.isCleared(record);
      this.answer(key, isGone ? undefined : record, movedAt(records, at));
    }
  }

  left(peer: Peer): void {
    for (const key of this.piles.get(peer) ?? []) this.lose(key);
    this.piles.delete(peer);
    this.giveUpWhere(
      (question) => question.peer === peer,
      (key) => {
        this.lose(key);
      },
    );
  }

  /** Who has not answered for too long is not waited for any more. */
  giveUpLate(): void {
    this.giveUpWhere(
      ({ peer, sentAt }) => {
        const isOver = this.patience.isOver(peer, sentAt);
        if (isOver) this.patience.spend(peer);
        return isOver;
      },
      (key, { node }) => {
        this.close(key, [node]);
      },
    );
  }

  private giveUpWhere(
    isGivenUp: (question: Question) => boolean,
    giveUp: (key: StoredKey, peer: Peer) => void,
  ): void {
    for (const [number, question] of this.asked) {
      if (!isGivenUp(question)) continue;
      this.asked.delete(number);
      for (const key of question.open) giveUp(key, question.peer);
    }
  }

  /** Nobody waits for those who are silent; a claim they should read all the same, whenever they read again. */
  private tellSilent(key: StoredKey, silent: readonly Peer[]): readonly NodeName[] {
    const { isClaim, step, ask } = this.kind;
    for (const { pid } of isClaim ? silent : []) {
      this.lastNumber += step;
      this.context.send(pid, ask(this.lastNumber, [key]));
    }
    return silent.map(({ node }) => node);
  }

  private ask(peer: Peer, key: StoredKey): void {
    const pile = this.piles.get(peer);
    if (pile === undefined) this.piles.set(peer, [key]);
    else pile.push(key);
    if (this.isFlushing) return;
    this.isFlushing = true;
    this.context.soon('flush');
  }

  private answer(key: StoredKey, record: CacheRecord | undefined, moved: number): void {
    const lookup = this.lookups.get(key);
    if (lookup === undefined) return;
    lookup.answers += 1;
    lookup.moved = Math.max(lookup.moved, moved);
    if (record !== undefined && (lookup.best === undefined || compareRecords(record, lookup.best) > 0))
      lookup.best = record;
    this.close(key);
  }

  /** One of those who were asked is gone: what it had may be somewhere else by now. */
  private lose(key: StoredKey): void {
    const lookup = this.lookups.get(key);
    if (lookup !== undefined) lookup.hasLost = true;
    this.close(key);
  }

  /** One of those who were asked will say no more. */
  private close(key: StoredKey, silent: readonly NodeName[] = []): void {
    const lookup = this.lookups.get(key);
    if (lookup === undefined) return;
    lookup.silent = [...lookup.silent, ...silent];
    lookup.open -= 1;
    if (lookup.open > 0) return;
    this.lookups.delete(key);
    for (const end of lookup.ends) end(lookup.best, lookup);
  }
}
