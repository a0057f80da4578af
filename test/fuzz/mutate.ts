import type { SeededRandom } from '@trestle/runtime/testing';

/** Bytes that mean something: heads of long items, tags, ends, nothing. */
const telling = [
  0x00, 0x17, 0x18, 0x1b, 0x3b, 0x5b, 0x5f, 0x7a, 0x7f, 0x9a, 0x9f, 0xba, 0xbf, 0xd9, 0xdb, 0xf7, 0xff,
];
/** Keys that would change all objects, were they set without care. */
const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'then'];
/** Heads of items that claim to hold far more than there is. */
const claims = [
  [0x9a, 0xff, 0xff, 0xff, 0xff],
  [0xba, 0x7f, 0xff, 0xff, 0xff],
  [0x5a, 0xff, 0xff, 0xff, 0xff],
  [0x7a, 0x00, 0xff, 0xff, 0xff],
  [0x9b, 0, 0, 0, 1, 0, 0, 0, 0],
];

type Mutation = (bytes: Uint8Array, random: SeededRandom) => Uint8Array;

const mutations: readonly Mutation[] = [
  // One bit, one byte, one telling byte.
  (bytes, random) => replaced(bytes, random, (byte) => byte ^ (1 << random.below(8))),
  (bytes, random) => replaced(bytes, random, () => random.below(256)),
  (bytes, random) => replaced(bytes, random, () => random.pick(telling)),
  // Too short, too long, twice, in another order.
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => bytes.subarray(random.below(bytes.length + 1)),
  (bytes, random) => Buffer.concat([bytes, random.bytes(random.below(40))]),
  (bytes, random) => inserted(bytes, random, piece(bytes, random)),
  (bytes, random) => removed(bytes, random),
  // What an attacker would try.
  (bytes, random) => inserted(bytes, random, Uint8Array.from(random.pick(claims))),
  (bytes, random) => inserted(bytes, random, new Uint8Array(random.below(2_000)).fill(0x81)),
  (bytes, random) =>
    inserted(bytes, random, new Uint8Array(random.below(200)).fill(random.pick([0xc1, 0xa1, 0xf7]))),
  (bytes, random) => inserted(bytes, random, textItem(random.pick(keys))),
  (bytes, random) => inserted(bytes, random, tagHead(random)),
];

/** Some bytes that are nearly those. */
export function mutate(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  let mutated = bytes;
  for (let left = random.below(5); left > 0; left -= 1) mutated = random.pick(mutations)(mutated, random);
  return mutated;
}

/** A text that is nearly that. */
export function mutateText(text: string, random: SeededRandom): string {
  if (random.chance(0.3)) return mutateJson(text, random);
  return Buffer.from(mutate(Buffer.from(text), random)).toString();
}

/** Changes one property of an object: takes it away, or puts something else there. */
function mutateJson(text: string, random: SeededRandom): string {
  const object = JSON.parse(text) as Record<string, unknown>;
  const key = random.pick([...Object.keys(object), ...keys]);
  const values = [null, -1, 1e300, '', 'x'.repeat(random.below(20_000)), [], {}, true, [[[[]]]], '\ud800'];
  const json = JSON.stringify({ ...object, [key]: random.pick(values) });
  // By hand, since an object literal with this key would have no such property.
  return random.chance(0.2) ? json.replace('{', '{"__proto__":{"polluted":true},') : json;
}

function replaced(bytes: Uint8Array, random: SeededRandom, by: (byte: number) => number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = random.below(copy.length);
  if (copy.length > 0) copy[at] = by(copy[at] as number);
  return copy;
}

function inserted(bytes: Uint8Array, random: SeededRandom, more: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
}

function removed(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(8))]);
}

function piece(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  const at = random.below(bytes.length + 1);
  return bytes.subarray(at, at + random.below(32));
}

function textItem(text: string): Uint8Array {
  return Buffer.concat([Uint8Array.of(0x60 + text.length), Buffer.from(text)]);
}

function tagHead(random: SeededRandom): Uint8Array {
  const tag = random.pick([
    1, 2, 258, 259, 64, 77, 86, 21_618, 21_619, 21_620, 21_621, 21_622, 21_623, 21_624, 21_625,
  ]);
  return Uint8Array.of(0xd9, tag >> 8, tag & 255);
}
