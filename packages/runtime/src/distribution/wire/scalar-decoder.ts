import { isBigEndian, type Buffer } from '#platform/buffer';
import { BadFrameError } from './bad-frame';
import { bigEndianStep, typedArrayTag, wireTag } from './wire-tags';

/** Bytes in memory of their own, from its beginning to its end. */
type OwnBytes = Buffer<ArrayBuffer>;
type TypedArrayClass = new (buffer: ArrayBuffer) => NodeJS.TypedArray;

const typedArrayClasses: readonly TypedArrayClass[] = [
  Uint8Array,
  Uint8ClampedArray,
  Uint16Array,
  Uint32Array,
  BigUint64Array,
  Int8Array,
  Int16Array,
  Int32Array,
  BigInt64Array,
  Float32Array,
  Float64Array,
];

/** What makes a value of the bytes under a tag. */
const valueByTag: ReadonlyMap<number, (bytes: OwnBytes) => unknown> = new Map<
  number,
  (bytes: OwnBytes) => unknown
>([
  [wireTag.bigInteger, bigIntOf],
  [wireTag.utf16, (bytes) => bytes.toString('utf16le')],
  [wireTag.arrayBuffer, (bytes) => bytes.buffer],
  ...typedArrayClasses.flatMap(typedArraysOf),
]);

/**
 * What makes a value of the bytes under a tag.
 * @throws BadFrameError if the tag is none of those that hold bytes
 */
export function makerOf(tag: number): (bytes: OwnBytes) => unknown {
  const maker = valueByTag.get(tag);
  if (maker === undefined) throw new BadFrameError(`tag ${tag}`);
  return maker;
}

/** The two tags of a typed array, one for each byte order; one if its elements are single bytes. */
function typedArraysOf(Class: TypedArrayClass): [number, (bytes: OwnBytes) => unknown][] {
  const tag = typedArrayTag.get(Class.name) as number;
  const size = (Class as unknown as Uint8ArrayConstructor).BYTES_PER_ELEMENT;
  const asItIs = (bytes: OwnBytes): NodeJS.TypedArray => new Class(bytes.buffer);
  if (size === 1) return [[tag, asItIs]];
  const swapped = (bytes: OwnBytes): NodeJS.TypedArray => new Class(swap(bytes, size).buffer);
  const [little, big] = isBigEndian ? [swapped, asItIs] : [asItIs, swapped];
  return [
    [tag, little],
    [tag - bigEndianStep, big],
  ];
}

function swap(bytes: OwnBytes, size: number): OwnBytes {
  if (size === 2) bytes.swap16();
  else if (size === 4) bytes.swap32();
  else bytes.swap64();
  return bytes;
}

function bigIntOf(bytes: OwnBytes): bigint {
  const magnitude = bytes.length < 2 ? 0n : BigInt(`0x${bytes.toString('hex', 1)}`);
  return bytes[0] === 1 ? -magnitude : magnitude;
}
