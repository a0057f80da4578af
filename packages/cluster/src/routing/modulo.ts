import { phash2, type HashableTerm } from './phash2';

/**
 * Chooses the member that owns a key: the key's hash modulo the number of members. Every node that has the same list
 * in the same order chooses the same member; a list that grows or shrinks by one moves most keys.
 * @param members at least one
 * @throws BadArgumentError if the key cannot be hashed
 */
export function ownerByModulo<Member>(members: readonly [Member, ...Member[]], key: HashableTerm): Member;
export function ownerByModulo<Member>(members: readonly Member[], key: HashableTerm): Member | undefined;
export function ownerByModulo<Member>(members: readonly Member[], key: HashableTerm): Member | undefined {
  return members[phash2(key, members.length)];
}
