import type { NodeName } from '@trestle/runtime';
import type { CacheRecord } from '../../store/entry';
import type { StoredKey } from '../../store/stored-key';
import type { Version } from '../../versions/version';
import { Fingerprints, keyHash, slotCount, slotOf } from './key-slot';
import type { Owners } from '../owners';

/**
 * For each other node a digest of what both own: for each slot the fingerprints of all versions in it, combined so that
 * one can be taken out again. Two nodes have the same of a slot if, and all but only if, their digests of it are equal.
 * They are kept up to date with every change, so that to compare two million copies takes four kilobytes and no search.
 */
export class Digests {
  private byNode = new Map<NodeName, Uint32Array>();
  /** After a change of the routing: the keys that are not counted yet. */
  private uncounted: Set<StoredKey> | null = null;
  private readonly fingerprints = new Fingerprints();

  constructor(
    private readonly self: NodeName,
    private readonly owners: Owners,
  ) {}

  /** Another version of a key is known than before. */
  changed(key: StoredKey, before: Version | undefined, after: Version | undefined): void {
    const wasCounted = this.uncounted?.delete(key) !== true;
    const owners = this.owners.of(key);
    if (!owners.includes(this.self)) return;
    const hash = keyHash(key);
    let change = after === undefined ? 0 : this.fingerprints.of(hash, after);
    if (before !== undefined && wasCounted) change ^= this.fingerprints.of(hash, before);
    const slot = slotOf(hash);
    for (const owner of owners) {
      if (owner === this.self) continue;
      const digest = this.digestOf(owner);
      digest[slot] = (digest[slot] ?? 0) ^ change;
    }
  }

  /** Whether some keys are not counted yet. */
  get isCounting(): boolean {
    return this.uncounted !== null;
  }

  /** What this node and another one share; `null` while it is counted anew. */
  of(node: NodeName): Uint32Array | null {
    return this.uncounted === null ? this.digestOf(node) : null;
  }

  /** Forgets everything and counts anew, for the keys have other owners now. */
  recount(keys: Iterable<StoredKey>): void {
    this.byNode = new Map();
    this.uncounted = new Set(keys);
  }

  /**
   * Counts some more keys.
   * @param seen is told each of them
   * @returns whether all are counted
   */
  countSome(
    limit: number,
    versionOf: (key: StoredKey) => CacheRecord | undefined,
    seen: (key: StoredKey) => void,
  ): boolean {
    if (this.uncounted === null) return true;
    let left = limit;
    for (const key of this.uncounted) {
      if (left === 0) return false;
      left -= 1;
      // It is taken out by that.
      this.changed(key, undefined, versionOf(key));
      seen(key);
    }
    this.uncounted = null;
    return true;
  }

  private digestOf(node: NodeName): Uint32Array {
    const known = this.byNode.get(node);
    if (known !== undefined) return known;
    const digest = new Uint32Array(slotCount);
    this.byNode.set(node, digest);
    return digest;
  }
}

/** The slots in which two digests differ. */
export function differingSlots(a: Uint32Array, b: Uint32Array): number[] {
  const slots: number[] = [];
  for (let slot = 0; slot < slotCount; slot++) if (a[slot] !== b[slot]) slots.push(slot);
  return slots;
}
