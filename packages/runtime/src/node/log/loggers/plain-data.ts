import { types } from '#platform/types';

/** How deep objects in objects are shown. */
const maxDepth = 6;
/** How many parts of one collection are shown. */
const maxParts = 50;
/** How many characters of one text are shown. */
const maxText = 4_000;
/** How many characters all of it may have, roughly. */
const maxSize = 32_000;

/** An object without a prototype: no key of it means anything. */
type Plain = Record<string, unknown>;

/**
 * Any value as data that JSON can hold: cycles, errors, maps, bigints and functions are shown as something, getters and
 * proxies that throw as a text that says so. It ends in time whatever it is given, and never raises an error.
 */
export function plainData(value: unknown): unknown {
  return new PlainData().of(value, 0);
}

class PlainData {
  private readonly inside = new Set<object>();
  private left = maxSize;

  of(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return Number.isFinite(value) ? this.spend(value, 8) : String(value);
      case 'boolean':
      case 'undefined':
        return this.spend(value, 5);
      case 'bigint':
        return this.text(`${String(value)}n`);
      case 'symbol':
        return this.text(String(value));
      case 'function':
        return this.text(describeFunction(value));
      case 'object':
        return value === null ? null : this.object(value, depth);
    }
  }

  private object(value: object, depth: number): unknown {
    if (this.inside.has(value)) return '[cycle]';
    if (depth >= maxDepth || this.left <= 0) return '…';
    this.inside.add(value);
    try {
      return this.contents(value, depth + 1);
    } catch {
      // It is somebody's object, and may throw when it is looked at.
      return '[cannot be shown]';
    } finally {
      this.inside.delete(value);
    }
  }

  private contents(value: object, depth: number): unknown {
    if (Array.isArray(value)) return this.list(value, value.length, depth);
    if (value instanceof Map) return this.map(value, depth);
    if (value instanceof Set) return this.list(value, value.size, depth);
    if (value instanceof Date)
      return this.text(Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString());
    if (value instanceof RegExp || value instanceof URL) return this.text(String(value));
    if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value))
      return this.text(`[${nameOf(value)} of ${String(value.byteLength)} bytes]`);
    if (types.isPromise(value) || value instanceof WeakMap || value instanceof WeakSet)
      return `[${nameOf(value)}]`;
    if (value instanceof Error || types.isNativeError(value)) return this.error(value, depth);
    return this.fields(value, Object.keys(value), depth);
  }

  private list(parts: Iterable<unknown>, length: number, depth: number): unknown[] {
    const shown: unknown[] = [];
    for (const part of parts) {
      if (shown.length === maxParts || this.left <= 0) {
        shown.push(`… ${String(length - shown.length)} more`);
        break;
      }
      shown.push(this.of(part, depth) ?? null);
    }
    return shown;
  }

  /** An object, if its keys allow that; else the pairs. */
  private map(map: ReadonlyMap<unknown, unknown>, depth: number): unknown {
    const plain = emptyPlain();
    for (const [key, value] of map) {
      if (typeof key !== 'string') return this.list(map, map.size, depth);
      if (!this.put(plain, key, () => value, map.size, depth)) break;
    }
    return plain;
  }

  /** What an error always has, and the fields it has besides. */
  private error(error: Error, depth: number): Plain {
    const own = Object.keys(error).filter((key) => !['name', 'message', 'stack', 'cause'].includes(key));
    const always = ['name', 'message', 'stack', ...(error.cause === undefined ? [] : ['cause'])];
    return this.fields(error, [...always, ...own], depth);
  }

  private fields(value: object, keys: readonly string[], depth: number): Plain {
    const plain = emptyPlain();
    for (const key of keys) {
      if (!this.put(plain, key, () => (value as Plain)[key], keys.length, depth)) break;
    }
    return plain;
  }

  /** @returns whether there was room for it */
  private put(plain: Plain, key: string, read: () => unknown, length: number, depth: number): boolean {
    const shown = Object.keys(plain).length;
    if (shown >= maxParts || this.left <= 0) {
      plain['…'] = `${String(length - shown)} more`;
      return false;
    }
    plain[this.text(key)] = this.attempt(read, depth);
    return true;
  }

  private attempt(read: () => unknown, depth: number): unknown {
    try {
      return this.of(read(), depth);
    } catch {
      return '[cannot be shown]';
    }
  }

  private text(text: string): string {
    const most = Math.min(maxText, Math.max(this.left, 20));
    const shown = text.length > most ? `${text.slice(0, most)}… (${String(text.length)} characters)` : text;
    return this.spend(shown, shown.length);
  }

  private spend<T>(value: T, size: number): T {
    this.left -= size + 3;
    return value;
  }
}

function emptyPlain(): Plain {
  return Object.create(null) as Plain;
}

function describeFunction(value: unknown): string {
  try {
    return `[function ${(value as { name: string }).name || 'without a name'}]`;
  } catch {
    return '[function]';
  }
}

function nameOf(value: object): string {
  return value.constructor.name;
}
