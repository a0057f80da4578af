import { hashBytes } from './jenkins-hash';

/** Scatters 32 bits over 32 bits, one to one: any change of one bit changes half of them. Murmur3's finalizer. */
export function mix(word: number): number {
  let bits = word ^ (word >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** Where a member's numbers begin: of its name alone, so that it does not matter who else is a member. */
export function seedOf(member: string): number {
  return mix(hashBytes(Buffer.from(member), 0));
}
