import type { FromIdentity } from '../../terms/from';
import { isNodeName } from '../../terms/node-name';
import { isPid } from '../../terms/pid';
import { BadFrameError } from './bad-frame';

/**
 * The identity of a caller, checked: another node made it.
 * @throws BadFrameError if it is none
 */
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
