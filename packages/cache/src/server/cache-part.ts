import { nodeOfPid, type NodeName, type Pid, type Self } from '@trestle/runtime';
import { attachedTo, Sendables } from '@trestle/runtime/internal';
import {
  CacheDrainingError,
  CacheFullError,
  CacheReadError,
  ValueTooLargeError,
} from '../terms/cache-errors';
import type { FullCacheOptions, WriteConcern } from '../terms/cache-options';
import type { ClearedPart } from '../terms/cache-protocol';
import type { CacheStatistics } from '../terms/cache-statistics';
import type { PartState } from '../terms/cache-event';
import type { Subscribers } from './subscribers';
import { onlyOnce, type WriteEnd } from '../replication/writes/pending-write';
import type { Replicas } from '../replication/replicas';
import { entrySize } from '../store/byte-size';
import { Entry, entryOf, Tombstone, type Expiry } from '../store/entry';
import { Store, type StoreObserver } from '../store/store';
import type { StoredKey } from '../store/stored-key';
import type { Version } from '../versions/version';
import { HybridClock } from '../versions/hybrid-clock';
import type { WriteRequestOptions } from '../terms/write-request';

/** Hears what a key has, once that is known; or why it is not. */
export type Found = (entry: Entry | undefined, problem?: CacheReadError) => void;

/**
 * What one node holds of a cache, and its copies elsewhere if there are any. It reads and writes; of requests and replies
 * it knows nothing.
 */
export class CachePart implements StoreObserver {
  readonly store: Store;
  readonly clock: HybridClock;
  /** `null` if every key is on this node alone, for ever. */
  replicas: Replicas | null = null;
  isDraining = false;
  /** Whether it is nobody's owner any more, and gives away what it holds. */
  isLeaving = false;
  /** Whether writes are refused when there is no room. */
  readonly refuses: boolean;

  readonly node: NodeName;
  readonly pid: Pid;
  private readonly wallTime: () => number;
  private readonly sendables: Sendables;

  /** @param isReplicated whether what is here is known on other nodes too, or may move there */
  constructor(
    self: Self,
    readonly options: FullCacheOptions,
    private readonly subscribers: Subscribers,
    isReplicated: boolean,
  ) {
    const { clock, name } = self.node;
    this.node = name;
    this.pid = self.pid;
    this.sendables = attachedTo('startCache', self.node, Sendables);
    const wallTime = (): number => clock.wallTime();
    this.wallTime = wallTime;
    const { maxEntries, maxBytes, tombstoneMs } = options;
    this.refuses = options.whenFull === 'refuse';
    const bounds = { maxEntries, maxBytes, refuses: this.refuses };
    this.clock = new HybridClock(wallTime);
    this.store = new Store({ ...bounds, tombstoneMs: isReplicated ? tombstoneMs : 0, now: wallTime }, this);
  }

  get statistics(): CacheStatistics {
    return { ...this.store.statistics, node: this.node, ...this.standing };
  }

  /** Whether it has what the others had when it met them, and who they are. */
  get standing(): PartState {
    const { replicas } = this;
    const peers = replicas === null ? [] : replicas.peers.all().map(({ node }) => node);
    const isInStep = replicas === null || replicas.isInStep;
    const state = this.isDraining || this.isLeaving ? 'draining' : isInStep ? 'ready' : 'rehydrating';
    return { peers: peers.sort(), state };
  }

  /** Reads a key, of which the other copies may know if this one does not. */
  read(key: StoredKey, found: Found): void {
    const entry = this.store.read(key);
    if (entry !== undefined || !this.mayBeElsewhere(key)) found(entry);
    else this.readElsewhere(key, found);
  }

  /** Whether others may have what is not here: not if it is known to have been deleted. */
  mayBeElsewhere(key: StoredKey): boolean {
    return this.replicas !== null && this.store.versionOf(key) === undefined;
  }

  /** Reads a key that is not here, as a read has just found. */
  readElsewhere(key: StoredKey, found: Found): void {
    this.replicas?.finds.find(key, (record, { answers, silent }) => {
      const entry = record instanceof Entry ? record : undefined;
      if (entry !== undefined) this.store.foundElsewhere();
      if (answers === 0 && silent.length > 0) found(undefined, new CacheReadError(silent));
      else found(entry);
    });
  }

  /** The node that does for a key what one must do alone. */
  leaderOf(key: StoredKey): NodeName {
    return this.replicas?.leaderOf(key) ?? this.node;
  }

  /** Whether nobody else can be changing a key. */
  changesAlone(key: StoredKey): boolean {
    return this.replicas?.changesAlone(key) ?? true;
  }

  /** As `read`, for who will write what depends on it: copies that may be newer are asked too. */
  consult(key: StoredKey, found: Found): void {
    const { replicas } = this;
    const isMine = this.changesAlone(key);
    const knows = isMine && replicas?.isInStep !== false;
    if (replicas === null || (knows && this.store.versionOf(key) !== undefined)) {
      found(this.store.peek(key));
      return;
    }
    replicas.finds.consult(key, isMine, (record, { silent }) => {
      // Whoever had it before has not said what it has: whatever is written now may undo that.
      if (silent.length > 0 && !replicas.hasAll) {
        found(undefined, new CacheReadError(silent));
        return;
      }
      // It may not be kept here: this node owns it in the eyes of others, who know of a change before it.
      found(record instanceof Entry ? record : undefined);
    });
  }

  /**
   * Refuses a value that could not be kept everywhere: nothing is half written.
   * @param writer who wrote it; what came over the wire can travel on
   * @param place which it is of the values of its request, if they are many
   * @throws CacheDrainingError, ValueTooLargeError, UnsendableError
   */
  checkValue(key: StoredKey, value: unknown, writer: Pid, place?: number): void {
    this.checkWrites();
    const { maxBytes } = this.options;
    if (maxBytes !== undefined) {
      const size = entrySize(key, value);
      if (size > maxBytes) throw new ValueTooLargeError(size, maxBytes);
    }
    if (this.replicas !== null && this.sendables.mayRefuse(value) && nodeOfPid(writer) === this.node)
      this.sendables.check(value, place === undefined ? 'value' : `values[${String(place)}]`);
  }

  /**
   * Refuses what this node is to keep and has no room for, all of it, where nothing may be pushed out.
   * @throws CacheFullError
   */
  checkRoom(entries: readonly (readonly [StoredKey, unknown])[]): void {
    if (!this.refuses) return;
    const { replicas, node } = this;
    const mine =
      replicas === null ? entries : entries.filter(([key]) => replicas.ownersOf(key).includes(node));
    if (!this.store.hasRoomFor(mine)) throw new CacheFullError(node, false);
  }

  /** @throws CacheDrainingError */
  checkWrites(): void {
    if (this.isDraining) throw new CacheDrainingError(this.node);
  }

  /** Gives all entries to other nodes, and takes no writes from now on. @param done hears how many were given */
  drain(done: (given: number) => void): void {
    const { replicas } = this;
    this.isDraining = true;
    this.subscribers.look();
    if (replicas === null) done(0);
    else {
      replicas.leave();
      replicas.handoff.drain(done);
    }
  }

  /** It is about to be nobody's owner. */
  leaves(): void {
    this.isLeaving = true;
    this.subscribers.look();
  }

  put(key: StoredKey, value: unknown, options: WriteRequestOptions, end: WriteEnd): void {
    const entry = entryOf(value, this.clock.next(), this.node, this.expiryOf(options));
    this.write(key, entry, options.concern, end);
  }

  delete(key: StoredKey, concern: WriteConcern | undefined, end: WriteEnd): void {
    this.write(key, new Tombstone(this.clock.next(), this.node, 0), concern, end);
  }

  /** Writes, or with no value removes, what was made of the present value: a newer version that is met was made of it. */
  change(
    key: StoredKey,
    to: { readonly value: unknown; readonly expiry: Expiry | null } | null,
    concern: WriteConcern | undefined,
    end: WriteEnd,
  ): void {
    const stamp = this.clock.next();
    const record =
      to === null ? new Tombstone(stamp, this.node, 0) : entryOf(to.value, stamp, this.node, to.expiry);
    this.write(key, record, concern, end, onlyOnce);
  }

  /**
   * Removes all that was written until now, here and, if there are copies, everywhere.
   * @param until what another node has said, which was asked first
   */
  clear(until = this.clock.next()): ClearedPart {
    this.clock.observe(until);
    const removed = this.replicas?.clearing.clear(until) ?? this.store.clearUntil(until);
    return { removed, until };
  }

  /** When an entry ends that is written so. */
  expiryOf({ ttlMs, sliding }: WriteRequestOptions): Expiry | null {
    const lifeMs = ttlMs ?? this.options.ttlMs;
    if (lifeMs === Infinity) return null;
    return { at: this.wallTime() + lifeMs, slidingMs: (sliding ?? this.options.sliding) ? lifeMs : 0 };
  }

  /** How long an entry still lives, in ms. */
  leftMs({ expiry }: Entry): number {
    return expiry === null ? Infinity : Math.max(0, expiry.at - this.wallTime());
  }

  changed(key: StoredKey, before: Version | undefined, after: Version | undefined): void {
    this.replicas?.changed(key, before, after);
    this.subscribers.note('changed', key);
  }

  prolonged(key: StoredKey, entry: Entry): void {
    this.replicas?.prolonged(key, entry);
  }

  evicted(key: StoredKey): void {
    this.subscribers.note('evicted', key);
  }

  expired(key: StoredKey): void {
    this.subscribers.note('expired', key);
  }

  private write(
    key: StoredKey,
    record: Entry | Tombstone,
    concern: WriteConcern = this.options.concern,
    end: WriteEnd,
    attempt = 1,
  ): void {
    if (this.replicas !== null) this.replicas.writes.write(key, record, concern, end, attempt);
    else {
      this.store.keep(key, record);
      end.succeeded();
    }
  }
}
