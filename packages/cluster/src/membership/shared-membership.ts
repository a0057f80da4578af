import type { NodeName } from '@trestle/runtime';
import type { Routing } from '../routing/routing';
import type { Membership, MembersListener } from './membership';

const nobody: Routing = { members: Object.freeze([]), owners: () => Object.freeze<NodeName[]>([]) };

/** What a membership process shares with everybody on its node. It stays when the process is restarted. */
export class SharedMembership implements Membership {
  private routing = nobody;
  private readonly listeners = new Set<MembersListener>();

  current(): Routing {
    return this.routing;
  }

  onChange(listener: MembersListener): () => void {
    // The same function twice is two listeners.
    const own: MembersListener = (now, before) => {
      listener(now, before);
    };
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  /** Puts another routing in its place, in one step, and tells it. */
  swap(routing: Routing, failed: (error: unknown) => void): void {
    const before = this.routing;
    this.routing = routing;
    for (const listener of [...this.listeners]) {
      try {
        listener(routing, before);
      } catch (error) {
        failed(error);
      }
    }
  }
}

/** The memberships of a node, by name. */
export class Memberships {
  private readonly byName = new Map<string, SharedMembership>();

  get(name: string): SharedMembership {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const made = new SharedMembership();
    this.byName.set(name, made);
    return made;
  }
}
