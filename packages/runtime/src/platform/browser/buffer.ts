// The package of this name, which bundlers find where Node finds its own.
export { Buffer } from 'buffer';

/** Tells whether bytes are well-formed UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Whether the numbers of typed arrays stand in memory with their highest byte first. */
export const isBigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;
