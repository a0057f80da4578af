import { routingHash, type HashableTerm, type Routing } from '@trestle/cluster';
import type { NodeName } from '@trestle/runtime';
import { keyOf, type StoredKey } from '../store/stored-key';

/** For how long after a change the owners before it may still have what is not where it belongs. */
const formerMs = 60_000;

/** A routing that is no more. */
interface Former {
  readonly routing: Routing;
  /** Milliseconds from an arbitrary start. */
  readonly until: number;
}

/** Whose the keys are, by the routing of now. */
export class Owners {
  private former: Former[] = [];
  /** A key is looked up several times in a row. */
  private lastKey: StoredKey | undefined;
  private lastOwners: readonly NodeName[] = [];

  constructor(
    private readonly self: NodeName,
    private readonly copies: number,
    private routing: Routing,
  ) {}

  isBy(routing: Routing): boolean {
    return routing === this.routing;
  }

  /** Whether keys had other owners not long ago. */
  get haveChanged(): boolean {
    return this.former.length > 0;
  }

  get members(): readonly NodeName[] {
    return this.routing.members;
  }

  /** The nodes that should have a key, the best first. */
  of(key: StoredKey): readonly NodeName[] {
    if (key !== this.lastKey) {
      this.lastOwners = this.routing.owners(hashOf(key), this.copies);
      this.lastKey = key;
    }
    return this.lastOwners;
  }

  isMine(key: StoredKey): boolean {
    return this.of(key).includes(this.self);
  }

  /** Whether a key belongs to this node and to another one as well. */
  isShared(key: StoredKey, other: NodeName): boolean {
    const owners = this.of(key);
    return owners.includes(this.self) && owners.includes(other);
  }

  /** Where a key goes that must leave this node: the best that are not this one. */
  withoutMe(key: StoredKey): readonly NodeName[] {
    const owners = this.routing.owners(hashOf(key), this.copies + 1);
    return owners.filter((owner) => owner !== this.self).slice(0, this.copies);
  }

  /** The other nodes that may have a key: its owners, and those it had not long ago. */
  othersWith(key: StoredKey): readonly NodeName[] {
    const owners = this.of(key);
    if (this.former.length === 0) return owners.filter((owner) => owner !== this.self);
    const hash = hashOf(key);
    const before = this.former.flatMap(({ routing }) => routing.owners(hash, this.copies));
    return [...new Set([...owners, ...before])].filter((owner) => owner !== this.self);
  }

  /** Forgets routings that are no more for long. @param now milliseconds from an arbitrary start */
  age(now: number): void {
    if (this.former.length > 0) this.former = this.former.filter(({ until }) => until > now);
  }

  /** @param now milliseconds from an arbitrary start */
  change(routing: Routing, now: number): void {
    const until = now + formerMs;
    this.former = [...this.former, { routing: this.routing, until }];
    // Those who come may have been a cache of their own until now, as this node was: nobody knows whose what was there.
    const before = this.routing.members;
    const newcomers = routing.members.filter((member) => !before.includes(member));
    if (newcomers.length > 0 && before.includes(this.self))
      this.former.push({ routing: { members: newcomers, owners: () => newcomers }, until });
    this.routing = routing;
    this.lastKey = undefined;
  }
}

function hashOf(key: StoredKey): number {
  const term: unknown = keyOf(key);
  return routingHash(term as HashableTerm);
}
