import { compareRecords, type CacheRecord } from '../../store/entry';
import type { StoredKey } from '../../store/stored-key';
import type { Claims } from './claims';
import type { Handoff } from '../handoff/handoff';
import type { Heard, LookupEnd, Lookups } from './lookups';
import type { Peers } from '../peers';
import type { Questions } from './questions';
import type { ReplicaContext } from '../replica-context';

/** So often at most all are asked, if they cannot all be asked at once, or what they have moves from one to another. */
const maxRounds = 12;

/** Finds out what other copies know of a key, and keeps it. */
export class Finds {
  /** Who waits for a key to be claimed. */
  private readonly waiting = new Map<StoredKey, LookupEnd[]>();

  constructor(
    private readonly context: ReplicaContext,
    private readonly questions: Questions,
    private readonly claims: Claims,
    private readonly peers: Peers,
    private readonly handoff: Pick<Handoff, 'drains'>,
  ) {}

  /**
   * Asks the other owners for a key, and keeps what they know. What is just on its way from one to another may be missed
   * on both: where nobody has it, they are asked once more.
   */
  find(key: StoredKey, end: LookupEnd): void {
    const { toRead } = this.questions;
    this.ask(toRead, key, (record, heard) => {
      const isNowhere = record === undefined && heard.answers > 0 && this.context.owners.haveChanged;
      if (isNowhere || isOnItsWay(record, heard)) this.ask(toRead, key, end);
      else end(record, heard);
    });
  }

  /**
   * As `find`, for who will change the key alone.
   * @param isMine whether nobody else can be changing it
   */
  consult(key: StoredKey, isMine: boolean, end: LookupEnd): void {
    const { claims } = this;
    if (isMine) {
      this.find(key, end);
      return;
    }
    const waiting = this.waiting.get(key);
    if (waiting !== undefined) {
      waiting.push(end);
      return;
    }
    this.waiting.set(key, [end]);
    claims.begin(key);
    this.claim(key, 1);
  }

  private claim(key: StoredKey, round: number): void {
    const { claims, questions } = this;
    this.ask(questions.toClaim, key, (record, heard) => {
      if (round < maxRounds && (this.hasMissed(key, heard) || isOnItsWay(record, heard))) {
        claims.again(key);
        this.claim(key, round + 1);
        return;
      }
      const counted = claims.ended(key, heard);
      const ends = this.waiting.get(key) ?? [];
      this.waiting.delete(key);
      // Each of them may change it.
      for (const end of ends) end(this.newest(key, record), counted);
    });
  }

  /** What is known of a key here, and was told. */
  private newest(key: StoredKey, record: CacheRecord | undefined): CacheRecord | undefined {
    const held = this.context.store.recordOf(key);
    const isOlder = held === undefined || (record !== undefined && compareRecords(held, record) < 0);
    return isOlder ? record : held;
  }

  /** Whether there is, or was, somebody who may have the key and has not said so. */
  private hasMissed(key: StoredKey, { asked, hasLost }: Heard): boolean {
    const { claims, peers } = this;
    if (hasLost || claims.isCrossed(key)) return true;
    return peers.expected.size > 0 || peers.names().some((node) => !asked.includes(node));
  }

  private ask(lookups: Lookups, key: StoredKey, end: LookupEnd): void {
    const { owners, store } = this.context;
    lookups.find(key, (record, heard) => {
      if (record !== undefined && owners.isMine(key) && !this.handoff.drains) store.merge(key, record, true);
      // It may have come meanwhile from one who has forgotten it since.
      end(this.newest(key, record), heard);
    });
  }
}

/** Whether one who was asked has given away something newer than what was found: it was missed on its way. */
function isOnItsWay(record: CacheRecord | undefined, { moved }: Heard): boolean {
  return moved > (record?.stamp ?? 0);
}
