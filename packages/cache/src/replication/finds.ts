import { compareRecords } from '../store/entry';
import type { StoredKey } from '../store/stored-key';
import type { Claims } from './claims';
import type { Handoff } from './handoff';
import type { LookupEnd, Lookups } from './lookups';
import type { Questions } from './questions';
import type { ReplicaContext } from './replica-context';

/** What moves from node to node while they are asked may be missed on all of them: so often they are asked again. */
const claimRounds = 3;

/** Finds out what other copies know of a key, and keeps it. */
export class Finds {
  constructor(
    private readonly context: ReplicaContext,
    private readonly questions: Questions,
    private readonly claims: Claims,
    private readonly handoff: Pick<Handoff, 'drains'>,
  ) {}

  /**
   * Asks the other owners for a key, and keeps what they know. What is just on its way from one to another may be missed
   * on both: where nobody has it, they are asked once more.
   */
  find(key: StoredKey, end: LookupEnd): void {
    const { toRead } = this.questions;
    this.ask(toRead, key, (record, heard) => {
      if (record === undefined && heard.answers > 0 && this.context.owners.haveChanged)
        this.ask(toRead, key, end);
      else end(record, heard);
    });
  }

  /** As `find`, for who will change the key alone. */
  consult(key: StoredKey, end: LookupEnd): void {
    const { claims, questions } = this;
    if (claims.isMine(key)) {
      this.find(key, end);
      return;
    }
    claims.begin(key);
    let rounds = 0;
    const told: LookupEnd = (record, heard) => {
      rounds += 1;
      if (record === undefined && heard.answers > 0 && rounds < claimRounds)
        this.ask(questions.toClaim, key, told);
      else end(record, claims.ended(key, heard));
    };
    this.ask(questions.toClaim, key, told);
  }

  private ask(lookups: Lookups, key: StoredKey, end: LookupEnd): void {
    const { owners, store } = this.context;
    lookups.find(key, (record, heard) => {
      if (record !== undefined && owners.isMine(key) && !this.handoff.drains) store.merge(key, record, true);
      // It may have come meanwhile from one who has forgotten it since.
      const held = store.recordOf(key);
      const isOlder = held === undefined || (record !== undefined && compareRecords(held, record) < 0);
      end(isOlder ? record : held, heard);
    });
  }
}
