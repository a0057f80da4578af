import type { StoredKey } from '../../store/stored-key';
import type { Absence } from './absence';
import { differingSlots, type Digests } from './digests';
import { slotCount } from './key-slot';
import type { Patience } from '../patience';
import type { Peer } from '../peers';
import { keyAt, recordAt, recordWidth } from '../record-code';
import { RecordParts } from '../record-parts';
import type { ReplicaContext } from '../replica-context';
import type { SlotIndex } from './slot-index';

/** About how many entries are asked for at a time. */
const chunk = 1_000;
/** How often something is asked again that is not answered. */
const maxTries = 3;
/** A comparison that found differences and could mend none is not tried again for so many rounds at most. */
const maxRest = 16;

/** A comparison with one peer. */
interface Session {
  readonly peer: Peer;
  /** A peer that has joined, a change of what both own, or the time for it. */
  readonly startedBy: 'joining' | 'change' | 'round';
  /** The slots that differ; `null` until that is known. */
  slots: readonly number[] | null;
  /** How many of them are done, and how many are asked for at a time. */
  done: number;
  step: number;
  number: number;
  askedAt: number;
  tries: number;
  entries: number;
  mended: boolean;
}

/** What is to be told of it. */
export interface SyncListener {
  /** @param isLost whether the other is gone, or says nothing any more: what is left comes from others */
  progress(peer: Peer, progress: number, entries: number, isLost: boolean): void;
  /** All peers that were to be compared with have been. */
  finished(): void;
}

/**
 * The side that asks when two nodes compare what they share: it takes what is newer, and gives what the other lacks, so
 * that both have the same in the end. One peer after another, some slots at a time, each asked for when the ones before
 * have come: whatever is lost is asked for again, and neither side is ever flooded.
 */
export class Sync {
  private readonly queue: { peer: Peer; startedBy: Session['startedBy'] }[] = [];
  private session: Session | null = null;
  private lastNumber = 0;
  /** From whom something was said to come, and the end of it was not. */
  private readonly begun = new Map<Peer, { readonly progress: number; readonly entries: number }>();
  private readonly rests = new Map<string, { left: number; length: number }>();

  constructor(
    private readonly context: ReplicaContext,
    private readonly digests: Digests,
    private readonly index: SlotIndex,
    private readonly absence: Absence,
    private readonly listener: SyncListener,
  ) {}

  /** Whether nothing is compared, or waits to be. */
  get isIdle(): boolean {
    return this.session === null && this.queue.length === 0;
  }

  /** Compares with a peer, when it is its turn. */
  start(peer: Peer, startedBy: Session['startedBy']): void {
    if (this.queue.some((one) => one.peer === peer)) return;
    if (startedBy !== 'change' && this.session?.peer === peer) return;
    if (startedBy === 'round' && this.isResting(peer)) return;
    this.queue.push({ peer, startedBy });
    this.next();
  }

  left(peer: Peer): void {
    const at = this.queue.findIndex((one) => one.peer === peer);
    if (at !== -1) this.queue.splice(at, 1);
    this.lose(peer);
    if (this.session?.peer === peer) this.end();
    else if (at !== -1) this.next();
  }

  /** Begins anew: keys have other owners. */
  restart(): void {
    const { session } = this;
    if (session === null) return;
    this.queue.unshift({ peer: session.peer, startedBy: session.startedBy });
    this.session = null;
    this.next();
  }

  /** Asks again for what has not been answered for too long. */
  askAgain(patience: Patience): void {
    const { session } = this;
    if (session === null || !patience.isOver(session.peer, session.askedAt)) return;
    session.tries += 1;
    if (session.tries < maxTries) this.ask(session);
    else {
      this.lose(session.peer);
      this.end();
    }
  }

  digested(number: number, theirs: Uint32Array | null, theirEntries: number): void {
    const session = this.sessionOf(number);
    if (session === null) return;
    const mine = this.digests.of(session.peer.node);
    // It is asked again after a while.
    if (mine === null || theirs === null) return;
    session.slots = differingSlots(mine, theirs);
    const entries = Math.max(theirEntries, this.context.store.size, 1);
    session.step = Math.max(1, Math.floor((slotCount * chunk) / entries));
    session.tries = 0;
    if (session.slots.length === 0) {
      if (this.begun.has(session.peer)) this.say(session.peer, 1, session.entries);
      this.end();
    } else {
      this.tell(session);
      this.ask(session);
    }
  }

  pulled(
    number: number,
    records: readonly unknown[],
    lists: { readonly wanted: readonly StoredKey[]; readonly absent: readonly StoredKey[] },
    hasMore: boolean,
  ): void {
    const session = this.sessionOf(number);
    if (session === null) return;
    session.tries = 0;
    if (!hasMore) session.done += session.step;
    const isLast = !hasMore && session.done >= (session.slots?.length ?? 0);
    // The other side looks for what comes next while this one is busy with what has come.
    if (!hasMore && !isLast) this.ask(session);
    this.take(session, records);
    this.give(session, lists.wanted);
    this.giveUp(session, lists.absent);
    this.tell(session);
    if (hasMore) this.ask(session);
    else if (isLast) this.end();
  }

  private next(): void {
    if (this.session !== null) return;
    const first = this.queue.shift();
    if (first === undefined) {
      this.listener.finished();
      return;
    }
    this.session = {
      ...first,
      slots: null,
      done: 0,
      step: 1,
      number: 0,
      askedAt: 0,
      tries: 0,
      entries: 0,
      mended: false,
    };
    this.ask(this.session);
  }

  private sessionOf(number: number): Session | null {
    return this.session?.number === number ? this.session : null;
  }

  private tell({ slots, done, peer, entries }: Session): void {
    if (slots !== null) this.say(peer, Math.min(1, done / slots.length), entries);
  }

  private say(peer: Peer, progress: number, entries: number): void {
    if (progress < 1) this.begun.set(peer, { progress, entries });
    else this.begun.delete(peer);
    this.listener.progress(peer, progress, entries, false);
  }

  /** Whoever watches how far it is must not wait for more. */
  private lose(peer: Peer): void {
    const begun = this.begun.get(peer);
    if (begun === undefined) return;
    this.begun.delete(peer);
    this.listener.progress(peer, begun.progress, begun.entries, true);
  }

  private end(): void {
    const { session } = this;
    if (session === null) return;
    const found = (session.slots?.length ?? 0) > 0;
    if (found && !session.mended) this.rest(session.peer);
    else this.rests.delete(session.peer.node);
    this.session = null;
    this.next();
  }

  private ask(session: Session): void {
    const { context } = this;
    const { pid } = session.peer;
    this.lastNumber += 1;
    session.number = this.lastNumber;
    session.askedAt = context.now();
    if (session.slots === null) {
      const { clearedUntil } = context.store;
      context.send(pid, ['cache:digest', context.pid, session.number, clearedUntil]);
    } else {
      const slots = session.slots.slice(session.done, session.done + session.step);
      const versions = this.versionsIn(slots, session.peer);
      const hasRoom = !context.store.isFull;
      const { trustsFrom } = this.absence;
      context.send(pid, ['cache:pull', context.pid, session.number, slots, versions, trustsFrom, hasRoom]);
    }
  }

  /** Key, stamp and origin of what this node has in some slots and shares with a peer. */
  private versionsIn(slots: readonly number[], peer: Peer): unknown[] {
    const versions: unknown[] = [];
    for (const slot of slots) {
      for (const key of this.index.keysIn(slot)) {
        if (!this.context.owners.isShared(key, peer.node)) continue;
        const record = this.context.store.recordOf(key);
        if (record !== undefined) versions.push(key, record.stamp, record.origin);
      }
    }
    return versions;
  }

  private take(session: Session, records: readonly unknown[]): void {
    const { store, clock, owners } = this.context;
    for (let at = 0; at < records.length; at += recordWidth) {
      const record = recordAt(records, at);
      const key = keyAt(records, at);
      // It may have become somebody else's since it was asked for.
      if (record === undefined || !owners.isMine(key)) continue;
      clock.observe(record.stamp);
      // What others use here must not make room for what nobody has asked for.
      if (store.merge(key, record, false) !== 'taken') continue;
      session.entries += 1;
      session.mended = true;
    }
  }

  private give(session: Session, wanted: readonly StoredKey[]): void {
    const { context } = this;
    const parts = new RecordParts((records) => {
      if (records.length === 0) return;
      session.mended = true;
      context.send(session.peer.pid, ['cache:give', context.pid, records]);
    });
    for (const key of wanted) {
      const record = context.store.recordOf(key);
      if (record !== undefined) parts.add(key, record);
    }
    parts.end();
  }

  /** Others have deleted this while the node was away, and have forgotten about it since. */
  private giveUp(session: Session, absent: readonly StoredKey[]): void {
    for (const key of absent) {
      const record = this.context.store.recordOf(key);
      if (record === undefined || record.stamp >= this.absence.trustsFrom) continue;
      this.context.store.forget(key);
      session.mended = true;
    }
  }

  private rest({ node }: Peer): void {
    const length = Math.min(maxRest, (this.rests.get(node)?.length ?? 1) * 2);
    this.rests.set(node, { left: length, length });
  }

  private isResting({ node }: Peer): boolean {
    const rest = this.rests.get(node);
    if (rest === undefined || rest.left === 0) return false;
    rest.left -= 1;
    return true;
  }
}
