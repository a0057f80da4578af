import { Buffer as ofNode, isUtf8 as isUtf8OfNode } from 'node:buffer';
import { endianness } from 'node:os';

export type Buffer<T extends ArrayBufferLike = ArrayBufferLike> = ofNode<T>;

// A constant of its own, and no re-export: those are getters where modules are CommonJS.
export const Buffer = ofNode;

/** Tells whether bytes are well-formed UTF-8. */
export const isUtf8 = isUtf8OfNode;

/** Whether the numbers of typed arrays stand in memory with their highest byte first. */
export const isBigEndian = endianness() === 'BE';
