import type { NodeName } from '@trestle/runtime';
import type { StoredKey } from '../store/stored-key';
import type { Heard } from './lookups';
import type { Owners } from './owners';
import type { Peer, Peers } from './peers';

/**
 * Who changes a key alone while members come and go, and not all nodes know of it yet. A node that leads a key since a change
 * not long ago claims it before it changes it for the first time: it asks every other node for what it has, and who is asked
 * changes the key no more from its answer on, but hands requests on to the claimant. So no two change it at the same time, and
 * each begins with what the one before has come to.
 */
export class Claims {
  /** What this node has claimed since the last change. */
  private readonly mine = new Set<StoredKey>();
  private readonly claiming = new Set<StoredKey>();
  /** What this node would change, as it knows the members, and others have claimed. */
  private readonly yielded = new Map<StoredKey, NodeName>();

  constructor(
    private readonly self: NodeName,
    private readonly owners: Owners,
    private readonly peers: Pick<Peers, 'has'>,
  ) {}

  /** Whether nobody else can be changing a key that this node leads. */
  isMine(key: StoredKey): boolean {
    return !this.owners.haveChanged || this.mine.has(key);
  }

  /** Who leads a key that this node has yielded; `undefined` if it has not, or that one is gone. */
  claimantOf(key: StoredKey): NodeName | undefined {
    const claimant = this.yielded.size === 0 ? undefined : this.yielded.get(key);
    return claimant !== undefined && this.peers.has(claimant) ? claimant : undefined;
  }

  begin(key: StoredKey): void {
    this.claiming.add(key);
  }

  /** All who were asked have said what they have. @returns what counts of it: who may have led the key */
  ended(key: StoredKey, { answers, silent }: Heard): Heard {
    const concerned = this.owners.othersWith(key);
    const missing = silent.filter((node) => concerned.includes(node));
    this.claiming.delete(key);
    if (missing.length === 0 && !this.yielded.has(key)) this.mine.add(key);
    return { answers, silent: missing };
  }

  /** @param leads whether this node leads a key, as it knows the members */
  heard({ node }: Peer, keys: readonly StoredKey[], leads: (key: StoredKey) => boolean): void {
    for (const key of keys) {
      // Of two that claim at once one goes first, and both know which.
      if (this.claiming.has(key) && this.self < node) continue;
      this.mine.delete(key);
      if (this.claiming.has(key) || leads(key)) this.yielded.set(key, node);
    }
  }

  /** A node hands a request on: it does not lead the key, whatever it said before. */
  handedOn(key: StoredKey, by: NodeName): void {
    if (this.yielded.get(key) === by) this.yielded.delete(key);
  }

  /** The keys have other owners: what is known of a claimant that is a member the routing says from now on. */
  changed(members: readonly NodeName[]): void {
    this.mine.clear();
    for (const [key, claimant] of this.yielded) if (members.includes(claimant)) this.yielded.delete(key);
  }
}
