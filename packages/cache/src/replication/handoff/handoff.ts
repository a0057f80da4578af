import type { NodeName } from '@trestle/runtime';
import { Entry, type CacheRecord } from '../../store/entry';
import type { StoredKey } from '../../store/stored-key';
import { compareVersions } from '../../versions/version';
import { Moved } from './moved';
import type { Outbox } from '../writes/outbox';
import { onlyOnce, PendingWrite } from '../writes/pending-write';
import type { Peers } from '../peers';
import type { ReplicaContext } from '../replica-context';

/** How many records are on their way at one time. */
const maxUnderWay = 500;

/**
 * Gives away what no longer belongs to this node: each record goes to all of its owners that are there, and only when
 * all owners have it is it forgotten here: as long as one of them is missing, this copy may be needed.
 */
export class Handoff {
  private waiting: StoredKey[] = [];
  private parked: StoredKey[] = [];
  private underWay = 0;
  /** What has come here while it was being given away: the other may count on this copy, as this one does on the other's. */
  private readonly crossed = new Set<StoredKey>();
  private readonly giving = new Set<StoredKey>();
  private isDraining = false;
  private whenEmpty: (() => void)[] = [];
  private entries = 0;
  readonly moved: Moved;

  constructor(
    private readonly context: ReplicaContext,
    private readonly peers: Peers,
    private readonly outbox: Outbox,
  ) {
    this.moved = new Moved(() => context.now());
  }

  /** Whether the node is about to go. */
  get drains(): boolean {
    return this.isDraining;
  }

  /** How many entries were given away so far. */
  get entriesGiven(): number {
    return this.entries;
  }

  /** Whether there is anything that could be given away now. */
  get isBusy(): boolean {
    return this.waiting.length > 0 || this.underWay > 0;
  }

  /** A copy has come, or what was here already. */
  received(key: StoredKey): void {
    if (this.giving.has(key)) this.crossed.add(key);
  }

  add(key: StoredKey): void {
    this.waiting.push(key);
  }

  giveSoon(key: StoredKey): void {
    this.waiting.push(key);
    this.pump();
  }

  /**
   * Gives away everything, also what belongs here.
   * @param done is told how many were given away, as far as there was anybody to take them
   */
  drain(done: (given: number) => void): void {
    this.isDraining = true;
    const before = this.entries;
    this.parked = [];
    this.waiting = [...this.context.store.records()].map(([key]) => key);
    this.whenEmpty.push(() => {
      done(this.entries - before);
    });
    this.pump();
  }

  /** There are other nodes than before: what nobody took may be taken now. */
  retry(): void {
    this.waiting.push(...this.parked.splice(0));
    this.pump();
  }

  pump(): void {
    while (this.underWay < maxUnderWay) {
      const key = this.waiting.pop();
      if (key === undefined) break;
      this.give(key);
    }
    if (this.isBusy) return;
    for (const done of this.whenEmpty.splice(0)) done();
  }

  private give(key: StoredKey): void {
    const record = this.context.store.recordOf(key);
    if (record === undefined || !this.mustGo(key) || this.giving.has(key)) return;
    const owners = this.ownersToBe(key);
    const targets = owners.map((owner) => this.peers.get(owner)).filter((peer) => peer !== undefined);
    if (targets.length === 0) {
      this.parked.push(key);
      return;
    }
    this.underWay += 1;
    this.giving.add(key);
    const write = new PendingWrite(
      { key, record, concern: 'all', attempt: onlyOnce },
      targets.length,
      0,
      targets.length,
      {
        succeeded: () => {
          this.taken(key, record, targets.length === owners.length);
        },
        failed: () => {
          this.ended(key);
          this.parked.push(key);
          this.pump();
        },
      },
    );
    for (const peer of targets) this.outbox.add(peer, key, record, write);
  }

  /** @param byAll whether no owner is missing */
  private taken(key: StoredKey, record: CacheRecord, byAll: boolean): void {
    const { store } = this.context;
    const hasCrossed = this.ended(key);
    if (record instanceof Entry) this.entries += 1;
    const held = store.versionOf(key);
    // It may have been written again meanwhile, and belong here again.
    if (held !== undefined && (hasCrossed || compareVersions(held, record) > 0)) this.waiting.push(key);
    else if (this.mustGo(key)) {
      if (byAll || this.isDraining) this.forget(key, record);
      else this.parked.push(key);
    }
    this.pump();
  }

  /** @returns whether a copy has come here meanwhile */
  private ended(key: StoredKey): boolean {
    this.underWay -= 1;
    this.giving.delete(key);
    return this.crossed.delete(key);
  }

  private forget(key: StoredKey, { stamp }: CacheRecord): void {
    this.moved.note(key, stamp);
    this.context.store.forget(key);
  }

  private mustGo(key: StoredKey): boolean {
    return this.isDraining || !this.context.owners.isMine(key);
  }

  private ownersToBe(key: StoredKey): readonly NodeName[] {
    const { owners, node } = this.context;
    if (this.isDraining) return owners.withoutMe(key);
    return owners.of(key).filter((owner) => owner !== node);
  }
}
