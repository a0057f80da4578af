import type { NodeName } from '@trestle/runtime';
import type { StoredKey } from '../store/stored-key';
import type { Absence } from './comparison/absence';
import type { Handoff } from './handoff/handoff';
import type { Peer } from './peers';
import { keyAt, noRoom, recordAt, recordWidth } from './record-code';
import { RecordParts } from './record-parts';
import type { ReplicaContext } from './replica-context';

/** What peers write to this node, and ask of it. */
export class Incoming {
  constructor(
    private readonly context: ReplicaContext,
    private readonly absence: Absence,
    private readonly handoff: Handoff,
  ) {}

  /** Keeps copies, and says so if somebody waits. */
  copies(peer: Peer, number: number, records: readonly unknown[]): void {
    const outdated = this.take(records, true);
    if (number !== 0) this.context.send(peer.pid, ['cache:copied', this.context.pid, number, outdated]);
  }

  /**
   * Keeps records.
   * @returns the places of those of which a newer version is known, and the stamp of that; and of those that there is
   * no room for, with `noRoom`
   */
  take(records: readonly unknown[], mayEvict: boolean): number[] {
    const { store, clock, owners } = this.context;
    const outdated: number[] = [];
    for (let at = 0; at < records.length; at += recordWidth) {
      const record = recordAt(records, at);
      if (record === undefined) continue;
      const key = keyAt(records, at);
      clock.observe(record.stamp);
      const merged = store.merge(key, record, mayEvict);
      if (mayEvict) this.handoff.received(key);
      // The other node has another routing: this one gives it to whom it thinks it belongs.
      if (merged === 'taken' && !owners.isMine(key)) this.handoff.add(key);
      else if (merged === 'full') outdated.push(at / recordWidth, noRoom);
      else if (merged === 'outdated') outdated.push(at / recordWidth, store.newestOf(key));
    }
    return outdated;
  }

  /**
   * Tells one who claims keys what it must know before it has the answer.
   * @param first which of them this node has claimed, and goes first with
   * @param others whom the other has not met
   */
  claimed(peer: Peer, first: readonly StoredKey[], others: readonly NodeName[]): void {
    if (first.length === 0 && others.length === 0) return;
    this.context.send(peer.pid, ['cache:claimed', this.context.pid, first, others]);
  }

  /** Says what is known of some keys. */
  asked(peer: Peer, number: number, keys: readonly StoredKey[]): void {
    const { store, pid } = this.context;
    const parts = new RecordParts((records, isLast) => {
      this.context.send(peer.pid, ['cache:told', pid, number, records, isLast]);
    });
    for (const key of keys) {
      const record = store.recordOf(key);
      const isKnown = record !== undefined && record.stamp >= this.absence.trustsFrom;
      parts.add(key, isKnown ? record : undefined, this.handoff.moved.stampOf(key));
    }
    parts.end();
  }
}
