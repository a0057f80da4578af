import { Buffer } from '#platform/buffer';
import { types } from '#platform/types';

/*
 * Values of another realm (made by Node's core for code in a `vm` context, as under jest) have prototypes of their
 * own: what they are is told by what they do.
 */

/** How many prototypes stand above a value. */
function ancestry(value: object): number {
  let count = 0;
  let prototype = Object.getPrototypeOf(value) as object | null;
  while (prototype !== null) {
    count += 1;
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return count;
}

/** An object literal's, or one without a prototype. */
export function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty');
}

/** An array, and no instance of a subclass. */
export function isPlainArray(value: object): boolean {
  return Array.isArray(value) && ancestry(value) === 2;
}

export function isPlainMap(value: object): value is Map<unknown, unknown> {
  return types.isMap(value) && ancestry(value) === 2;
}

export function isPlainSet(value: object): value is Set<unknown> {
  return types.isSet(value) && ancestry(value) === 2;
}

export function isPlainDate(value: object): value is Date {
  return types.isDate(value) && ancestry(value) === 2;
}

/** An error of any class: it travels as data. */
export function isError(value: object): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** A typed array, and no instance of a subclass; a Buffer is one of Node's own. */
export function isPlainTypedArray(value: object): value is NodeJS.TypedArray {
  return types.isTypedArray(value) && ancestry(value) === (Buffer.isBuffer(value) ? 4 : 3);
}
