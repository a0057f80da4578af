import type { NodeName } from '@trestle/runtime';
import type { StoredKey } from '../../store/stored-key';
import type { Heard } from './lookups';
import type { Owners } from '../owners';
import type { Peer, Peers } from '../peers';

/**
 * Who changes a key alone while members come and go, and not all nodes know of it yet. A node that leads a key since a change
 * not long ago claims it before it changes it for the first time: it asks every other node for what it has, and who is asked
 * changes the key no more from its answer on, but hands requests on to the claimant. So no two change it at the same time, and
 * each begins with what the one before has come to.
 *
 * Two that have not met cannot ask each other. But whoever both of them ask has met both: it names the one to the other, which waits
 * until it has met and asked that one too.
 */
export class Claims {
  /** What this node has claimed since the last change. */
  private readonly mine = new Set<StoredKey>();
  /** What it is claiming, and whether another one has gone first since all were asked: what they said may be old. */
  private readonly claiming = new Map<StoredKey, { isCrossed: boolean }>();
  /** What this node would change, as it knows the members, and others have claimed. */
  private readonly yielded = new Map<StoredKey, NodeName>();
  /** What others have claimed since this node has: what is here may be old. */
  private readonly lent = new Set<StoredKey>();

  constructor(
    private readonly self: NodeName,
    private readonly owners: Owners,
    private readonly peers: Pick<Peers, 'has'>,
  ) {}

  /**
   * Whether nobody else can be changing a key.
   * @param leads whether this node leads it, as it knows the members
   */
  isMine(key: StoredKey, leads: boolean): boolean {
    return this.mine.has(key) || (leads && !this.owners.haveChanged && !this.lent.has(key));
  }

  /** Who leads a key that this node has yielded; `undefined` if it has not, or that one is gone. */
  claimantOf(key: StoredKey): NodeName | undefined {
    const claimant = this.yielded.size === 0 ? undefined : this.yielded.get(key);
    return claimant !== undefined && this.peers.has(claimant) ? claimant : undefined;
  }

  /** Whether this node is claiming a key: it does not hand on what it is asked meanwhile. */
  isClaiming(key: StoredKey): boolean {
    return this.claiming.has(key);
  }

  begin(key: StoredKey): void {
    this.again(key);
    if (this.claimantOf(key) === undefined) this.yielded.delete(key);
  }

  /** All are asked, or asked once more. */
  again(key: StoredKey): void {
    this.claiming.set(key, { isCrossed: false });
  }

  /** Whether another one has gone first since all were asked, and has given the key back. */
  isCrossed(key: StoredKey): boolean {
    return !this.yielded.has(key) && this.claiming.get(key)?.isCrossed === true;
  }

  /** All who were asked have said what they have. @returns what counts of it: who may have led the key */
  ended(key: StoredKey, heard: Heard): Heard {
    const concerned = this.owners.othersWith(key);
    const silent = heard.silent.filter((node) => concerned.includes(node));
    this.claiming.delete(key);
    if (silent.length === 0 && !this.yielded.has(key)) {
      this.mine.add(key);
      this.lent.delete(key);
    }
    return { ...heard, silent };
  }

  /**
   * @param leads whether this node leads a key, as it knows the members
   * @returns the keys that this node has claimed itself, and goes first with
   */
  heard({ node }: Peer, keys: readonly StoredKey[], leads: (key: StoredKey) => boolean): StoredKey[] {
    const before: StoredKey[] = [];
    for (const key of keys) {
      // Of two that claim at once one goes first.
      if (this.claiming.has(key) && this.self < node) {
        before.push(key);
        continue;
      }
      this.mine.delete(key);
      if (this.claiming.has(key) || leads(key)) this.yieldTo(node, key);
    }
    return before;
  }

  /** Another one goes first with keys that this node claims. */
  goesFirst({ node }: Peer, keys: readonly StoredKey[]): void {
    for (const key of keys) if (this.claiming.has(key)) this.yieldTo(node, key);
  }

  /** A node hands a request on: it does not lead the key, whatever it said before. */
  handedOn(key: StoredKey, by: NodeName): void {
    if (this.yielded.get(key) === by) this.yielded.delete(key);
  }

  /** The keys have other owners: what is known of a claimant that is a member the routing says from now on. */
  changed(members: readonly NodeName[]): void {
    this.mine.clear();
    // Nothing is this node's now unless it claims it anew.
    this.lent.clear();
    for (const [key, claimant] of this.yielded) if (members.includes(claimant)) this.yielded.delete(key);
  }

  private yieldTo(node: NodeName, key: StoredKey): void {
    this.yielded.set(key, node);
    this.lent.add(key);
    if (this.claiming.has(key)) this.claiming.set(key, { isCrossed: true });
  }
}
