import { Tag } from 'cbor-x';
import { ReplyPort } from '../../behaviours/call-result';
import type { From, FromIdentity } from '../../terms/from';
import { isNodeName } from '../../terms/node-name';
import { isPid } from '../../terms/pid';
import { BadFrameError } from './bad-frame';
import { wireTag } from './wire-tags';

/** The only errors that arrive as what they were; all others are an `Error` with their name. */
const errorClasses: Readonly<Record<string, ErrorConstructor>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Turns the tagged values of a signal back into what they were. Values without one never come here. */
export class ArrivedValue {
  constructor(private readonly portOf: (identity: FromIdentity) => From) {}

  /**
   * The value with every tag resolved; arrays and objects are changed in place.
   * @throws BadFrameError if a tag does not hold what it must
   */
  of(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Tag) return this.ofTag(value);
    if (Array.isArray(value)) return this.ofArray(value);
    if (value instanceof Map)
      return new Map(Array.from(value, ([key, entry]) => [this.of(key), this.of(entry)]));
    if (value instanceof Set) return new Set(Array.from(value, (element) => this.of(element)));
    if (Object.getPrototypeOf(value) === Object.prototype)
      this.ofProperties(value as Record<string, unknown>);
    return value;
  }

  private ofArray(value: unknown[]): unknown[] {
    for (let i = 0; i < value.length; i += 1) value[i] = this.of(value[i]);
    return value;
  }

  private ofProperties(value: Record<string, unknown>): void {
    for (const key of Object.keys(value)) value[key] = this.of(value[key]);
  }

  /** What a tag may hold has been inspected: bytes, a number or an array. */
  private ofTag({ tag, value }: { tag: number; value: unknown }): unknown {
    switch (tag) {
      case wireTag.negativeZero:
        return -0;
      case wireTag.bigInteger:
        return bigIntOf(value as Buffer);
      case wireTag.utf16:
        return (value as Buffer).toString('utf16le');
      case wireTag.arrayBuffer:
        return arrayBufferOf(value as Buffer);
      case wireTag.farDate:
        return new Date(Number(value));
      case wireTag.error:
        return errorOf(this.ofArray(value as unknown[]));
      case wireTag.from:
        return this.portOf(identityOf(value as unknown[]));
      case wireTag.replyPort:
        return new ReplyPort(this.portOf(identityOf(value as unknown[])));
      default:
        throw new BadFrameError(`tag ${tag}`);
    }
  }
}

function bigIntOf(bytes: Buffer): bigint {
  const magnitude = bytes.length < 2 ? 0n : BigInt(`0x${bytes.toString('hex', 1)}`);
  return bytes[0] === 1 ? -magnitude : magnitude;
}

function arrayBufferOf(bytes: Buffer): ArrayBuffer {
  const buffer = new ArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}

function errorOf(fields: readonly unknown[]): Error {
  const [name, message, stack, code, cause] = fields;
  if (typeof name !== 'string' || typeof message !== 'string')
    throw new BadFrameError('an error without a message');
  const known = Object.hasOwn(errorClasses, name) ? errorClasses[name] : undefined;
  const error = new (known ?? Error)(message, fields.length > 4 ? { cause } : {});
  if (error.name !== name) hide(error, 'name', name);
  hide(error, 'stack', typeof stack === 'string' ? stack : `${name}: ${message}`);
  if (typeof code === 'string' || typeof code === 'number') Object.assign(error, { code });
  return error;
}

/** Sets a property that is not listed among the error's own when it is printed, as `name` and `stack` are not. */
function hide(error: Error, property: 'name' | 'stack', value: string): void {
  Object.defineProperty(error, property, { value, writable: true, configurable: true, enumerable: false });
}

/** The identity of a caller, checked: another node made it. */
export function identityOf(fields: readonly unknown[]): FromIdentity {
  const [pid, node, creation, call] = fields;
  if (!isPid(pid) || !isNodeName(node) || !isCount(creation) || !isCount(call)) {
    throw new BadFrameError('a caller without an identity');
  }
  return { pid, node, creation, call };
}

/** A number that counts something: a creation, the number of a call. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
