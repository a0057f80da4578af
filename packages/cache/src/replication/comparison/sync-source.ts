import { Tombstone, type CacheRecord } from '../../store/entry';
import type { StoredKey } from '../../store/stored-key';
import { compareVersions, type Version } from '../../versions/version';
import type { Absence } from './absence';
import type { Digests } from './digests';
import type { Peer } from '../peers';
import { pushRecord, recordWidth } from '../record-code';
import { bulkOf, fitsInto } from '../record-parts';
import type { ReplicaContext } from '../replica-context';
import type { SlotIndex } from './slot-index';

/** Who has asked for nothing for so long, in ms, has what it lacked. */
const quietMs = 2_000;
/** How many records an answer holds at most. */
const maxRecords = 2_000;

/** What a peer has in some slots, and asks to be told the rest of. */
export interface Pull {
  readonly slots: readonly number[];
  readonly versions: ReadonlyMap<StoredKey, Version>;
  /** Before which stamp its own cannot be trusted. */
  readonly trustsFrom: number;
  /** Whether it has room for keys that it does not have. */
  readonly hasRoom: boolean;
}

/**
 * The side that is asked when two nodes compare what they share. It keeps nothing between two questions, so that one
 * that is lost, or asked twice, does no harm.
 */
export class SyncSource {
  /** What was asked last by those that are to be told later. */
  private readonly waiting = new Map<Peer, number>();
  /** When each was heard of last, by the clock of the node. */
  private readonly asked = new WeakMap<Peer, number>();

  constructor(
    private readonly context: ReplicaContext,
    private readonly digests: Digests,
    private readonly index: SlotIndex,
    private readonly absence: Absence,
  ) {}

  /** Whether a peer is copying what it lacks. */
  isAskedBy(peer: Peer): boolean {
    const at = this.asked.get(peer);
    return at !== undefined && this.context.now() - at < quietMs;
  }

  digest(peer: Peer, number: number): void {
    this.asked.set(peer, this.context.now());
    // A newcomer may know that it is a member before this node does, and with nothing shared there is nothing to compare.
    const isMember = this.context.owners.members.includes(peer.node);
    if (this.digests.isCounting || !isMember) {
      this.waiting.set(peer, number);
      return;
    }
    const { pid, store } = this.context;
    const digest = this.digests.of(peer.node);
    this.context.send(peer.pid, ['cache:digested', pid, number, digest, store.size, store.clearedUntil]);
  }

  /** All is counted, maybe for other members: who has asked meanwhile is told. */
  counted(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const [peer, number] of waiting) this.digest(peer, number);
  }

  pull(peer: Peer, number: number, pull: Pull): void {
    this.asked.set(peer, this.context.now());
    const answer = new Answer(pull);
    for (const slot of pull.slots) {
      for (const key of this.index.keysIn(slot)) {
        if (this.context.owners.isShared(key, peer.node)) answer.compare(key, this.recordFor(key, pull));
      }
    }
    // What it has and the index does not: written since that was made, or unknown here.
    for (const key of pull.versions.keys()) {
      if (!answer.compared.has(key)) answer.compare(key, this.recordFor(key, pull));
    }
    const { records, wanted, absent, hasMore } = answer;
    this.context.send(peer.pid, ['cache:pulled', this.context.pid, number, records, wanted, absent, hasMore]);
  }

  /** What this node says of a key: nothing, where it cannot be trusted and the other can. */
  private recordFor(key: StoredKey, { trustsFrom, versions }: Pull): CacheRecord | undefined {
    const record = this.context.store.recordOf(key);
    if (record === undefined || trustsFrom !== 0) return record;
    return record.stamp < this.absence.trustsFrom && !versions.has(key) ? undefined : record;
  }
}

/** An answer in the making. */
class Answer {
  readonly records: unknown[] = [];
  readonly wanted: StoredKey[] = [];
  readonly absent: StoredKey[] = [];
  readonly compared = new Set<StoredKey>();
  hasMore = false;
  private bytes = 0;

  constructor(private readonly pull: Pull) {}

  compare(key: StoredKey, mine: CacheRecord | undefined): void {
    const theirs = this.pull.versions.get(key);
    if (theirs !== undefined) this.compared.add(key);
    if (mine === undefined) {
      if (theirs === undefined) return;
      if (theirs.stamp < this.pull.trustsFrom) this.absent.push(key);
      else this.wanted.push(key);
      return;
    }
    const order = theirs === undefined ? 1 : compareVersions(mine, theirs);
    if (order < 0) this.wanted.push(key);
    else if (order > 0) this.tell(key, mine, theirs === undefined);
  }

  private tell(key: StoredKey, mine: CacheRecord, isNew: boolean): void {
    if (isNew && !this.pull.hasRoom && !(mine instanceof Tombstone)) return;
    const bulk = bulkOf(mine);
    if (this.records.length >= maxRecords * recordWidth || !fitsInto(this.bytes, bulk)) this.hasMore = true;
    else {
      pushRecord(this.records, key, mine);
      this.bytes += bulk;
    }
  }
}
