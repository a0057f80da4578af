import { types } from '#platform/types';

/** What is routed to a partition: a whole number names it, modulo the number of partitions; all else is hashed. */
export type PartitionKey =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Uint8Array
  | readonly PartitionKey[]
  | { readonly [name: string]: PartitionKey };

/** Keys nest no deeper: one that contains itself is an error, not an overflow of the stack. */
const maxDepth = 100;

/** The hash of a key, the same on every node: 32 bits; `undefined` if the value can be no key. */
export function hashOfKey(key: unknown): number | undefined {
  const text = typeof key === 'string' ? key : textOf(key, 0);
  return text === undefined ? undefined : hashOfText(text);
}

/** A text that two keys have in common only if they are equal as data; `undefined` if the value can be no key. */
function textOf(key: unknown, depth: number): string | undefined {
  switch (typeof key) {
    case 'string':
      return JSON.stringify(key);
    case 'bigint':
      return String(key);
    case 'number':
      // As data, -0 is 0.
      return String(key + 0);
    case 'boolean':
    case 'undefined':
      return String(key);
    case 'object':
      return depth > maxDepth ? undefined : textOfObject(key, depth + 1);
    default:
      return undefined;
  }
}

function textOfObject(key: object | null, depth: number): string | undefined {
  if (key === null) return 'null';
  if (types.isUint8Array(key)) return `b${String(key.length)}:${key.join()}`;
  if (Array.isArray(key))
    return joined(
      '[',
      key.map((value) => textOf(value, depth)),
    );
  if (!isPlain(key)) return undefined;
  const fields = Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = fields.map(([name, value]) => {
    const text = textOf(value, depth);
    return text === undefined ? undefined : `${JSON.stringify(name)}:${text}`;
  });
  return joined('{', texts);
}

/** Whether an object is no instance of a class; it may be one of another realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function joined(opening: string, texts: readonly (string | undefined)[]): string | undefined {
  return texts.includes(undefined) ? undefined : `${opening}${texts.join()};`;
}

/** FNV-1a over the code units, and a last mix, because similar keys must not fall into few partitions. */
function hashOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
