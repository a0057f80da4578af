import { BadArgumentError } from '@trestle/runtime';
import { atom, Atom } from './atom';
import { hashAscii, hashBytes, hashWords, kindConstant } from './jenkins-hash';

/** What `phash2` can hash. */
export type HashableTerm =
  string | number | bigint | boolean | null | undefined | Atom | Uint8Array | readonly HashableTerm[];

const INTEGER = kindConstant(1);
const TUPLE = kindConstant(9);
const NEGATIVE_BIG = kindConstant(10);
const POSITIVE_BIG = kindConstant(11);
const FLOAT = kindConstant(12);
const BINARY = kindConstant(13);

/** Integers from -2^27 to 2^27 - 1 are hashed as one word; the others as the words of their magnitude, and a sign. */
const SMALL_LIMIT = 2 ** 27;
const DEFAULT_RANGE = 2 ** 27;
const MAX_RANGE = 2 ** 32;
/** Tuples nest no deeper: an array that contains itself is an error, not an overflow of the stack. */
const MAX_DEPTH = 500;

const TRUE = atom('true');
const FALSE = atom('false');
const NIL = atom('nil');

/**
 * The portable hash of a term: the same number Erlang's `phash2` gives on any version and machine, so that nodes
 * of both kinds agree on who owns a key. OTP: `erlang:phash2/1,2`.
 *
 * JavaScript's values stand for these Erlang terms:
 * - a string is a binary of its UTF-8 bytes (a lone surrogate counts as U+FFFD), a `Uint8Array` a binary;
 * - a number without fraction is an integer, however large: JavaScript cannot tell `1.0` from `1`, nor `-0` from `0`,
 *   so no number here hashes as Erlang's `1.0` or `0.0`; a number with a fraction is a float; a bigint is an integer;
 * - an array is a tuple (not a list), at most 500 deep;
 * - `true` and `false` are those atoms, `null` and `undefined` are the atom `nil`; `atom(name)` makes any other.
 *
 * @param term the key
 * @param range how many numbers to choose from: 1 to 2^32, by default 2^27
 * @returns an integer from 0 to `range - 1`
 * @throws BadArgumentError for NaN, an infinity, any other kind of object, a symbol, a function, or a bad range
 */
export function phash2(term: HashableTerm, range: number = DEFAULT_RANGE): number {
  if (!(Number.isInteger(range) && range >= 1 && range <= MAX_RANGE)) {
    throw new BadArgumentError({ call: 'phash2', expected: 'a range from 1 to 2^32', got: range });
  }
  return (hashTerm(term, 0, 0) >>> 0) % range;
}

/**
 * All 32 bits of `phash2`, as a routing takes them: a signed integer, which V8 keeps without allocating. Its unsigned
 * value modulo `n` is `phash2(term, n)`.
 * @throws BadArgumentError as `phash2`
 */
export function routingHash(term: HashableTerm): number {
  return hashTerm(term, 0, 0) | 0;
}

/** The hash of `term` after what `hash` stands for: the elements of a tuple are hashed one after the other. */
function hashTerm(term: unknown, hash: number, depth: number): number {
  switch (typeof term) {
    case 'string':
      return hashString(term, hash);
    case 'number':
      return hashNumber(term, hash);
    case 'bigint':
      return hashBigInt(term, hash);
    case 'boolean':
      return (term ? TRUE : FALSE).hashAfter(hash);
    case 'undefined':
      return NIL.hashAfter(hash);
    default:
      return hashObject(term, hash, depth);
  }
}

function hashObject(term: unknown, hash: number, depth: number): number {
  if (term === null) return NIL.hashAfter(hash);
  if (Array.isArray(term)) return hashTuple(term, hash, depth);
  if (term instanceof Atom) return term.hashAfter(hash);
  if (term instanceof Uint8Array) return hashBinary(term, hash);
  return refuse(
    'a string, number, bigint, boolean, null, undefined, atom, Uint8Array or array of them',
    term,
  );
}

function hashTuple(elements: readonly unknown[], hash: number, depth: number): number {
  if (depth === MAX_DEPTH) return refuse(`tuples nested at most ${String(MAX_DEPTH)} deep`, elements);
  let result = hashWords(elements.length, 0, TUPLE, hash);
  for (const element of elements) result = hashTerm(element, result, depth + 1);
  return result;
}

function hashString(text: string, hash: number): number {
  const hashed = text === '' ? null : hashAscii(text, (BINARY + hash) | 0);
  return hashed ?? hashBinary(Buffer.from(text), hash);
}

function hashBinary(bytes: Uint8Array, hash: number): number {
  const start = (BINARY + hash) | 0;
  return bytes.length === 0 ? start : hashBytes(bytes, start);
}

function hashNumber(value: number, hash: number): number {
  if (value >= -SMALL_LIMIT && value < SMALL_LIMIT && (value | 0) === value) return hashSmall(value, hash);
  if (Number.isSafeInteger(value)) return hashSafeInteger(value, hash);
  if (Number.isInteger(value)) return hashBigInt(BigInt(value), hash);
  if (Number.isFinite(value)) return hashFloat(value, hash);
  return refuse('a finite number', value);
}

function hashSmall(value: number, hash: number): number {
  // A negative number is stirred twice. It need not be, but Erlang's hash is fixed for ever.
  return hashWords(value, 0, INTEGER, value < 0 ? hashWords(-value, 0, INTEGER, hash) : hash);
}

function hashSafeInteger(value: number, hash: number): number {
  const magnitude = Math.abs(value);
  const high = Math.trunc(magnitude / 2 ** 32);
  return hashWords(magnitude | 0, high, value < 0 ? NEGATIVE_BIG : POSITIVE_BIG, hash);
}

/** Two words at a time, the lowest first. */
function hashBigInt(value: bigint, hash: number): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return hashNumber(number, hash);
  const sign = value < 0n ? NEGATIVE_BIG : POSITIVE_BIG;
  // Hexadecimal digits are taken in linear time, however long the number; shifting it word by word is quadratic.
  const digits = (value < 0n ? -value : value).toString(16);
  let result = hash;
  for (let end = digits.length; end > 0; end -= 16) {
    result = hashWords(hexWord(digits, end), hexWord(digits, end - 8), sign, result);
  }
  return result;
}

/** The word whose eight digits end before `end`; there are zeros before the first digit. */
function hexWord(digits: string, end: number): number {
  return end <= 0 ? 0 : Number.parseInt(digits.slice(Math.max(end - 8, 0), end), 16) | 0;
}

function hashFloat(value: number, hash: number): number {
  const words = Buffer.allocUnsafe(8);
  words.writeDoubleBE(value);
  return hashWords(words.readInt32BE(0), words.readInt32BE(4), FLOAT, hash);
}

function refuse(expected: string, got: unknown): never {
  throw new BadArgumentError({ call: 'phash2', expected, got });
}
