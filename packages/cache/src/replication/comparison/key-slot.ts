import type { NodeName } from '@trestle/runtime';
import type { StoredKey } from '../../store/stored-key';
import type { Version } from '../../versions/version';

/** Into so many slots the keys of a node fall, to be compared with those of another one. A power of two. */
export const slotCount = 1_024;

const prime = 0x01000193;

/** A hash of a key, the same on all nodes. (Not that of the routing: the keys of one node share much of that.) */
export function keyHash(key: StoredKey): number {
  return typeof key === 'number' ? hashText(String(key), 0x2f0b4c47) : hashText(key, 0x811c9dc5);
}

export function slotOf(hash: number): number {
  return hash & (slotCount - 1);
}

const originHashes = (names: Map<NodeName, number>, name: NodeName): number => {
  const known = names.get(name);
  if (known !== undefined) return known;
  const hash = hashText(name, 0x3c6ef372);
  names.set(name, hash);
  return hash;
};

/** Hashes versions of keys. */
export class Fingerprints {
  /** Few nodes write many versions. */
  private readonly origins = new Map<NodeName, number>();

  /** @param hash that of the key */
  of(hash: number, { stamp, origin }: Version): number {
    const low = stamp | 0;
    const high = (stamp / 4_294_967_296) | 0;
    return mix(mix(mix(hash ^ low) ^ high) ^ originHashes(this.origins, origin));
  }
}

function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), prime);
  return mix(hash);
}

/** Every bit of the result depends on every bit of the argument. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
