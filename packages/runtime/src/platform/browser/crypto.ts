import { hmac } from '@noble/hashes/hmac';
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';

// Not by the platform's `crypto.subtle`, which only gives promises, and only pages that were fetched by https.

/** The HMAC of a text by SHA-256, in lower-case hexadecimal. Key and text are taken as UTF-8. */
export function hmacSha256(key: string, text: string): string {
  return bytesToHex(hmac(sha256, key, text));
}

/** Compares bytes of the same number in a time that does not tell how many of them are equal. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < one.length; i += 1) difference |= (one[i] as number) ^ (other[i] as number);
  return difference === 0;
}

/** Bytes that are fit for secrets. */
export function randomBytes(length: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}
