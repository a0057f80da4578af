import { Buffer, isBigEndian } from '#platform/buffer';
import { isPlainText, type CborBlock } from './cbor-block';
import { Refusal } from './refusal';
import { bigEndianStep, commonTag, major, typedArrayTag, wireTag } from './wire-tags';

function encodeTagged(block: CborBlock, tag: number, bytes: Uint8Array): void {
  block.head(major.tag, tag);
  block.binary(bytes);
}

export function encodeNumber(block: CborBlock, value: number): void {
  if (value >>> 0 === value) {
    if (value === 0 && 1 / value < 0) block.head(major.tag, wireTag.negativeZero);
    block.head(major.positive, value);
  } else if (value >> 0 === value) {
    block.head(major.negative, -1 - value);
  } else {
    block.float(value);
  }
}

export function encodeBigInt(block: CborBlock, value: bigint): void {
  if (BigInt.asUintN(64, value) === value) block.long(major.positive, value);
  else if (BigInt.asIntN(64, value) === value) block.long(major.negative, -1n - value);
  else encodeTagged(block, wireTag.bigInteger, bytesOfBigInt(value));
}

/** The bytes of a bigint: its sign (0 or 1), then its magnitude. */
function bytesOfBigInt(value: bigint): Uint8Array {
  const digits = (value < 0n ? -value : value).toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Buffer.from((value < 0n ? '01' : '00') + hex, 'hex');
}

export function encodeLongText(block: CborBlock, text: string): void {
  if (isPlainText(text)) block.text(text);
  else encodeTagged(block, wireTag.utf16, Buffer.from(text, 'utf16le'));
}

export function encodeDate(block: CborBlock, date: Date): void {
  const ms = date.getTime();
  const survives = Number.isNaN(ms) || Math.round((ms / 1000) * 1000) === ms;
  block.head(major.tag, survives ? commonTag.date : wireTag.farDate);
  encodeNumber(block, survives ? ms / 1000 : ms);
}

export function encodeArrayBuffer(block: CborBlock, buffer: ArrayBuffer): void {
  encodeTagged(block, wireTag.arrayBuffer, new Uint8Array(buffer));
}

/** The bytes of a typed array under the tag of its kind; a Buffer is bytes and no more. */
export function encodeTypedArray(block: CborBlock, array: NodeJS.TypedArray): void {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  if (Buffer.isBuffer(array)) {
    block.binary(bytes);
    return;
  }
  const name = array[Symbol.toStringTag];
  const tag = typedArrayTag.get(name);
  if (tag === undefined) throw new Refusal(`an instance of ${name}`);
  encodeTagged(block, isBigEndian && array.BYTES_PER_ELEMENT > 1 ? tag - bigEndianStep : tag, bytes);
}
