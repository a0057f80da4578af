import { Buffer as ofNode, isUtf8 as isUtf8OfNode } from 'node:buffer';
import { endianness } from 'node:os';

export type Buffer<T extends ArrayBufferLike = ArrayBufferLike> = ofNode<T>;

// A constant of its own, and no re-export: those are getters where modules are CommonJS.
export const Buffer = ofNode;

/** Tells whether bytes are well-formed UTF-8. */
export const isUtf8 = isUtf8OfNode;

/** What every buffer of Node has, though its types do not tell: the functions behind `write` and `toString`. */
interface NativeBuffer {
  utf8Write(text: string, at: number): number;
  latin1Slice(start: number, end: number): string;
}

/** Writes a text as UTF-8, as far as there is room. @returns how many bytes it took */
export function writeText(bytes: Buffer, text: string, at: number): number {
  return (bytes as unknown as NativeBuffer).utf8Write(text, at);
}

/** The text of bytes that are ASCII. */
export function asciiText(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as NativeBuffer).latin1Slice(start, end);
}

/** Whether the numbers of typed arrays stand in memory with their highest byte first. */
export const isBigEndian = endianness() === 'BE';
