import type { NodeName } from '@trestle/runtime';
import { Neighbours } from './neighbours';
import { sortedMembers, type Routing, type RoutingStrategy } from './routing';

/**
 * The key's hash modulo the number of members, as one would do it by hand: what `phash2(key, n)` says in Erlang. Every
 * member has its neighbours on the sorted list for further copies. When a member comes or goes, most keys move.
 */
export const modulo: RoutingStrategy = {
  name: 'modulo',
  route: (members) => new ModuloRouting(sortedMembers(members)),
};

class ModuloRouting implements Routing {
  private readonly groups: Neighbours;

  constructor(readonly members: readonly NodeName[]) {
    this.groups = new Neighbours(members);
  }

  owners(hash: number, copies: number): readonly NodeName[] {
    return this.groups.of((hash >>> 0) % this.members.length, copies);
  }
}
