import type { StoredKey } from './stored-key';

/** What a value that is no text, no bytes and no container takes, and what a container takes besides its contents. */
const wordBytes = 8;
/** What an entry takes besides its key and its value: measured, see the benchmark of memory. */
const entryBytes = 155;
/** Values nest no deeper, for they come over the wire; one that does is not looked into any further. */
const maxDepth = 200;

/** About how many bytes of memory an entry takes. */
export function entrySize(key: StoredKey, value: unknown): number {
  return entryBytes + byteSize(key) + byteSize(value);
}

/** About so many entries are looked at to guess what all of them take. */
const sampleSize = 1_000;

/** About how many bytes of memory entries take, by those of them that are looked at. */
export function guessedSize(entries: {
  readonly size: number;
  each(call: (value: unknown, key: StoredKey) => void): void;
}): number {
  const step = Math.ceil(entries.size / sampleSize);
  let place = 0;
  let looked = 0;
  let bytes = 0;
  entries.each((value, key) => {
    place += 1;
    if (place % step !== 0) return;
    looked += 1;
    bytes += entrySize(key, value);
  });
  return looked === 0 ? 0 : Math.round((bytes / looked) * entries.size);
}

/** About how many bytes a value takes. */
export function byteSize(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length + wordBytes;
  if (typeof value === 'bigint') return wordBytes + Math.ceil(value.toString(16).length / 2);
  if (typeof value !== 'object' || value === null) return wordBytes;
  if (ArrayBuffer.isView(value)) return value.byteLength + wordBytes;
  return depth === maxDepth ? wordBytes : wordBytes + sizeOfParts(value, depth + 1);
}

function sizeOfParts(container: object, depth: number): number {
  let total = 0;
  if (Array.isArray(container) || container instanceof Set) {
    for (const part of container) total += byteSize(part, depth);
  } else if (container instanceof Map) {
    for (const [key, value] of container) total += byteSize(key, depth) + byteSize(value, depth);
  } else {
    for (const [key, value] of Object.entries(container)) total += key.length + byteSize(value, depth);
  }
  return total;
}
