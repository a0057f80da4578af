import { BadArgumentError } from './errors';
import type { Ref } from './ref';

declare const messageType: unique symbol;

/**
 * The address of a process, anywhere in the cluster: a printable string that is equal (`===`) to itself on every
 * node. It names the node, the process number and the node's creation, so a pid of a node's earlier life never
 * reaches a process of its next one. `M` is what may be sent to it. OTP: `pid()`.
 */
// `any` by default: an untyped pid accepts every message, as in OTP.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Pid<M = any> = string & { readonly [messageType]: (message: M) => void };

/** Everything before the number of a pid of this node: made once for each node, not for each pid. */
export function pidPrefix(node: string): string {
  return `<${node}/`;
}

/** Everything behind it. */
export function pidSuffix(creation: number): string {
  return `/${creation.toString(36)}>`;
}

/** The character codes of `<` and `>`. */
const opens = 60;
const closes = 62;

/** Tells whether a value has the form of a pid. Names cannot have it: they never start with `<`. */
export function isPid(value: unknown): value is Pid {
  return typeof value === 'string' && value.charCodeAt(0) === opens && pidPattern.test(value);
}

/** A quicker look than `isPid`, for the addresses of messages: enough to read the node out of it. */
export function isPidShaped(value: unknown): value is Pid {
  if (typeof value !== 'string' || value.charCodeAt(0) !== opens) return false;
  const at = value.indexOf('@');
  return at > 1 && at < value.indexOf('/') && value.charCodeAt(value.length - 1) === closes;
}

/** Node; place in the process table and how often it was used before; creation. */
const pidPattern = /^<[^/<>\s]+\/\d+\.\d+\/[0-9a-z]+>$/;

/**
 * A pid on a node, as of a process that was to be started there, which no process ever has: no creation starts with `0`.
 * @param request the reference of what it was to be started by, of which there is one
 */
export function unbornPid(node: string, request: Ref): Pid {
  const [, count, creation] = request.split('/') as [string, string, string];
  return `${pidPrefix(node)}0.${count}/0${creation}` as Pid;
}

/** Checks a pid of a process of this node at the door. */
export function checkOwnPid(call: string, value: unknown, thisNode: string): Pid {
  if (!isPid(value)) throw new BadArgumentError({ call, expected: 'a pid', got: value });
  if (nodeIn(value) !== thisNode)
    throw new BadArgumentError({ call, expected: `a pid of ${thisNode}`, got: value });
  return value;
}

/**
 * The node a pid lives on. OTP: `node(Pid)`.
 * @throws BadArgumentError if it is no pid
 */
export function nodeOfPid(pid: string): string {
  if (!isPid(pid)) throw new BadArgumentError({ call: 'nodeOfPid', expected: 'a pid', got: pid });
  return nodeIn(pid);
}

/** As `nodeOfPid`, of a pid that was checked before: for every signal. */
export function nodeIn(pid: string): string {
  return pid.slice(1, pid.indexOf('/'));
}
