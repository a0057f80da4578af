/** CBOR's kinds of items: the upper three bits of an item's first byte. */
export const major = {
  positive: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  tag: 6,
  simple: 7,
} as const;

/** The simple values, as the one byte they take. */
export const simple = { false: 0xf4, true: 0xf5, null: 0xf6, undefined: 0xf7 } as const;

/** Tags with a meaning of their own in the world of CBOR. */
export const commonTag = {
  /** Content: seconds. */
  date: 1,
  set: 258,
  map: 259,
} as const;

/** The tag of each typed array's bytes, in the byte order of most machines. */
export const typedArrayTag: ReadonlyMap<string, number> = new Map([
  ['Uint8Array', 64],
  ['Uint8ClampedArray', 68],
  ['Uint16Array', 69],
  ['Uint32Array', 70],
  ['BigUint64Array', 71],
  ['Int8Array', 72],
  ['Int16Array', 77],
  ['Int32Array', 78],
  ['BigInt64Array', 79],
  ['Float32Array', 85],
  ['Float64Array', 86],
]);

/** The same bytes in the other order have a tag that much smaller, if elements have more than one byte. */
export const bigEndianStep = 4;

/**
 * The tags by which the wire marks what plain CBOR does not carry as it is. They stand in a range that the standard
 * gives no meaning, so other implementations of CBOR hand them over as they are.
 */
export const wireTag = {
  /** Content: 0. An integer 0 has no sign. */
  negativeZero: 21_618,
  /** Content: bytes, the first is the sign, the others the magnitude. */
  bigInteger: 21_619,
  /** Content: UTF-16 code units, little-endian. UTF-8 has no lone surrogates, and a decoder may drop a leading BOM. */
  utf16: 21_620,
  /** Content: bytes. Untagged ones are a Buffer. */
  arrayBuffer: 21_621,
  /** Content: milliseconds. In seconds, dates of a far future or past would be rounded. */
  farDate: 21_622,
  /** Content: [name, message, stack or null, code or null], and the cause if there is one. */
  error: 21_623,
  /** Content: [pid, node, creation, call]. */
  from: 21_624,
  /** Content: as of `from`. */
  replyPort: 21_625,
} as const;
