import { BadArgumentError } from './errors';

/** The name of a node: `name@host`. */
export type NodeName = string;

/** The name of a node that was started without one: it takes no part in distribution. OTP: `nonode@nohost`. */
export const noNode: NodeName = 'nonode@nohost';

/** The host is a name, an IPv4 address, or an IPv6 address in brackets, as in a URL: a node has one spelling. */
export const nodeNamePattern =
  /^[A-Za-z0-9_][A-Za-z0-9_.-]*@(?:[A-Za-z0-9_.-]+|\[(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]+\])$/;

/** Tells whether a value is a well-formed `name@host`. */
export function isNodeName(value: unknown): value is NodeName {
  return typeof value === 'string' && value.length <= 255 && nodeNamePattern.test(value);
}

/**
 * Checks a node name at the door.
 * @throws BadArgumentError if it is not `name@host` or `name@[IPv6 address]` (letters, digits, `_`, `-`, `.`; 255 characters at most)
 */
export function checkNodeName(call: string, value: unknown): NodeName {
  if (!isNodeName(value)) {
    throw new BadArgumentError({ call, expected: "a node name of the form 'name@host'", got: value });
  }
  return value;
}

/** The part before the `@`. */
export function shortName(name: NodeName): string {
  return name.slice(0, name.indexOf('@'));
}

/** The part behind the `@`. */
export function hostOf(name: NodeName): string {
  return name.slice(name.indexOf('@') + 1);
}
