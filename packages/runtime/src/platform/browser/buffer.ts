// The package of this name, which bundlers find where Node finds its own.
import { Buffer } from 'buffer';

export { Buffer };

/** Tells whether bytes are well-formed UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Writes a text as UTF-8, as far as there is room. @returns how many bytes it took */
export function writeText(bytes: Buffer, text: string, at: number): number {
  return bytes.write(text, at);
}

/** The text of bytes that are ASCII. */
export function asciiText(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end);
}

/** Whether the numbers of typed arrays stand in memory with their highest byte first. */
export const isBigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;
