import { createHmac, randomBytes as ofNode, timingSafeEqual } from 'node:crypto';

/** The HMAC of a text by SHA-256, in lower-case hexadecimal. Key and text are taken as UTF-8. */
export function hmacSha256(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** Compares bytes of the same number in a time that does not tell how many of them are equal. */
export const sameBytes = timingSafeEqual;

/** Bytes that are fit for secrets. */
export function randomBytes(length: number): Uint8Array {
  return ofNode(length);
}
