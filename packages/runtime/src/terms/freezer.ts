import { types } from '#platform/types';
import type { Isolation } from './isolation';
import { isPlainArray, isPlainMap, isPlainObject, isPlainSet } from './realm';

/**
 * Freezes what passes from one process to another, all the way down, so that whoever changes it afterwards gets a
 * `TypeError` at that place. It freezes plain data: plain objects, arrays, and the methods by which a Map or Set is
 * changed. Everything else stays as it is: instances of classes, functions, errors, dates, bytes, proxies. An object is
 * frozen once, however often it is sent.
 */
export class Freezer implements Isolation {
  private readonly frozen = new WeakSet<object>();

  pass(value: unknown): unknown {
    // Not by recursion: a list may be longer than the stack.
    for (const waiting = [value]; waiting.length > 0;) this.freeze(waiting.pop(), waiting);
    return value;
  }

  private freeze(value: unknown, inside: unknown[]): void {
    if (typeof value !== 'object' || value === null || this.frozen.has(value)) return;
    if (types.isProxy(value) || types.isModuleNamespaceObject(value)) return;
    if (isPlainMap(value)) {
      for (const [key, entry] of value) inside.push(key, entry);
      refuseChanges(value, 'Map', ['set', 'delete', 'clear']);
    } else if (isPlainSet(value)) {
      for (const element of value) inside.push(element);
      refuseChanges(value, 'Set', ['add', 'delete', 'clear']);
    } else if (isPlainArray(value) || isPlainObject(value)) pushParts(value, inside);
    else return;
    this.frozen.add(value);
    freezeIfPossible(value);
  }
}

/** What a getter would give is not there yet, and none of our business. */
function pushParts(value: object, inside: unknown[]): void {
  for (const key of Reflect.ownKeys(value)) {
    const part: unknown = Reflect.getOwnPropertyDescriptor(value, key)?.value;
    if (typeof part === 'object' && part !== null) inside.push(part);
  }
}

/** The contents of a Map or Set are no properties: `Object.freeze` does not see them. */
function refuseChanges(value: object, kind: string, methods: readonly string[]): void {
  if (!Object.isExtensible(value)) return;
  const refuse = (): never => {
    throw new TypeError(`Cannot change a ${kind} that was sent to another process`);
  };
  for (const method of methods) Object.defineProperty(value, method, { value: refuse });
}

/** Some objects of the platform cannot be frozen: they stay as they are. */
function freezeIfPossible(value: object): void {
  try {
    Object.freeze(value);
  } catch {
    // It says so by a TypeError, and nothing has happened.
  }
}
