import type { NodeName } from '@trestle/runtime';
import type { WriteConcern } from '../../terms/cache-options';
import { CacheWriteError } from '../../terms/cache-errors';
import { compareRecords, restamped, type CacheRecord } from '../../store/entry';
import type { StoredKey } from '../../store/stored-key';
import { Outbox } from './outbox';
import type { Patience } from '../patience';
import type { Peer, Peers } from '../peers';
import { Expected } from '../expected';
import { onlyOnce, PendingWrite, wantedCopies, type WriteEnd, type WritePast } from './pending-write';
import type { ReplicaContext } from '../replica-context';

/** How often a write is written again that turns out to be older than what a copy holds. */
const maxAttempts = 5;

/**
 * Writes to all copies. Whoever gets a request leads its write, owner or not: it gives it a version, keeps it if it is
 * an owner, and sends it to the other owners that are there.
 *
 * A copy that knows of a newer version says so. The write was not the first then: some other node, whose clock is ahead,
 * has written before it. So it is written again, with a version above that: who is told that a write succeeded may count
 * on it being newer than every write that had succeeded before.
 *
 * When an owner is lost while members come and go, the routing names another one a moment later. What misses the lost one waits
 * for that, and is offered once more: the same version, so that who has it already need not take it again.
 */
export class Writes {
  readonly outbox: Outbox;
  /** What waits for owners that were greeted and may answer any moment. */
  private deferred: (() => void)[] = [];
  /** Who was lost a moment ago: the routing may not have named others yet. */
  private readonly lost = new Expected();

  /** @param isAstray what is here for a moment, and is to be given to its owners */
  constructor(
    private readonly context: ReplicaContext,
    private readonly peers: Peers,
    private readonly isAstray: (key: StoredKey) => void,
  ) {
    this.outbox = new Outbox(context, (write, stamp) => {
      this.outdated(write, stamp);
    });
  }

  /**
   * Writes a record of this node's making.
   * @param attempt `onlyOnce` if it was made of what was there
   * @param end hears of it once; at once if nothing can be done, and then nothing was
   */
  write(
    key: StoredKey,
    record: CacheRecord,
    concern: WriteConcern,
    end: WriteEnd,
    attempt = 1,
    past: WritePast = 'none',
  ): void {
    const group = this.context.owners.of(key);
    const isMine = group.includes(this.context.node);
    const others = this.peers.of(group);
    const wanted = wantedCopies(concern, Math.max(group.length, 1));
    const written = isMine ? 1 : 0;
    if (written + others.length < wanted) {
      if (this.mayChange(group, attempt, past))
        this.deferred.push(() => {
          this.write(key, record, concern, end, attempt, past === 'none' ? 'waited' : past);
        });
      else {
        const mayBeThere = past === 'offered' || isAgain(attempt);
        end.failed(new CacheWriteError(wanted, written + others.length, mayBeThere));
      }
      return;
    }
    if (isMine || attempt === onlyOnce) this.keep(key, record, past);
    if (!isMine && attempt === onlyOnce) this.isAstray(key);
    const isDone = written >= wanted;
    const write = isDone
      ? null
      : new PendingWrite(
          { key, record, concern, attempt, past },
          wanted,
          written,
          others.length,
          end,
          this.offerAgain,
        );
    for (const peer of others) this.outbox.add(peer, key, record, write);
    if (isDone) end.succeeded();
  }

  /** Others are there than before, or are not expected any more. */
  retry(): void {
    const { deferred } = this;
    this.deferred = [];
    for (const write of deferred) write();
  }

  /** A second has passed. */
  look(patience: Patience): void {
    this.lost.look();
    // Nobody names those who were lost: they need not be remembered.
    this.lost.changed();
    this.outbox.loseLate(patience);
  }

  /** What was sent to a peer is lost. */
  left(peer: Peer): void {
    if (this.context.options.comeAndGo) this.lost.add(peer.node);
    this.outbox.left(peer);
  }

  /** Whether other owners may be there in a moment. */
  private mayChange(group: readonly NodeName[], attempt: number, past: WritePast): boolean {
    // A change that is nowhere yet must not wait until the routing knows: others would be made of what was before it.
    const waits = attempt !== onlyOnce || past === 'offered';
    return group.some((owner) => this.peers.expected.has(owner) || (waits && this.lost.has(owner)));
  }

  private readonly offerAgain = (write: PendingWrite): boolean => {
    const { key, record, concern, attempt, past } = write.what;
    if (past === 'offered' || this.lost.size === 0) return false;
    if (write.giveUp()) this.write(key, record, concern, write.end, attempt, 'offered');
    return true;
  };

  /** Who changes a key has it, owner or not: what is made of it next must not depend on how far this has come. */
  private keep(key: StoredKey, record: CacheRecord, past: WritePast): void {
    const { store } = this.context;
    if (past === 'none') store.keep(key, record);
    // Something newer may have come meanwhile.
    else store.merge(key, record, true);
  }

  private outdated(write: PendingWrite, stamp: number): void {
    const { clock, store, node } = this.context;
    const { key, record, concern, attempt } = write.what;
    clock.observe(stamp);
    const held = store.recordOf(key);
    const isLast = held === undefined || compareRecords(record, held) >= 0;
    // Somebody has written it after this, or at the same time: then this write was the first of the two.
    if (attempt >= maxAttempts || !isLast) write.copied();
    else if (write.giveUp()) {
      const again = restamped(record, clock.next(), node);
      this.write(key, again, concern, write.end, attempt + 1);
    }
  }
}

function isAgain(attempt: number): boolean {
  return attempt > 1 && attempt !== onlyOnce;
}
