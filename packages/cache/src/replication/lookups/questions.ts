import { Lookups } from './lookups';
import type { Patience } from '../patience';
import type { Peer, Peers } from '../peers';
import type { ReplicaContext } from '../replica-context';

/** All that is asked of other copies: to read, and to claim. */
export class Questions {
  readonly toRead: Lookups;
  readonly toClaim: Lookups;

  constructor(context: ReplicaContext, peers: Peers, patience: Patience) {
    const { owners, pid } = context;
    this.toRead = new Lookups(context, peers, patience, {
      whom: (key) => owners.othersWith(key),
      ask: (number, keys) => ['cache:ask', pid, number, keys],
      isClaim: false,
      step: 1,
    });
    this.toClaim = new Lookups(context, peers, patience, {
      whom: () => [...peers.expected.all(), ...peers.names()],
      ask: (number, keys) => ['cache:claim', pid, number, keys, peers.names()],
      isClaim: true,
      step: -1,
    });
  }

  /** @param number that of a question to read is above 0 */
  told(number: number, records: readonly unknown[], isLast: boolean): void {
    (number > 0 ? this.toRead : this.toClaim).told(number, records, isLast);
  }

  retry(): void {
    this.toRead.retry();
    this.toClaim.retry();
  }

  flush(): void {
    this.toRead.flush();
    this.toClaim.flush();
  }

  left(peer: Peer): void {
    this.toRead.left(peer);
    this.toClaim.left(peer);
  }

  giveUpLate(): void {
    this.toRead.giveUpLate();
    this.toClaim.giveUpLate();
  }

  /** Nobody is asked until something is known: who the members are. */
  holdUntil(known: Promise<unknown>): void {
    void this.toRead.holdUntil(known);
    void this.toClaim.holdUntil(known);
  }
}
