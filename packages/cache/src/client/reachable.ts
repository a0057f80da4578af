import type { Node, NodeName } from '@trestle/runtime';
import { attachedTo } from '@trestle/runtime/internal';
import { TurnEnd } from './batch/turn-end';

/** Which nodes are connected: looked up once for all that is asked in one turn of the event loop. */
export class Reachable {
  private connected: ReadonlySet<NodeName> | null = null;

  constructor(private readonly node: Node) {}

  /** The first of some owners that can be reached; if none can, the first that may come to be. */
  firstOf(owners: readonly NodeName[]): NodeName {
    const first = owners[0] ?? '';
    if (owners.length < 2 || this.has(first)) return first;
    return owners.find((owner) => this.has(owner)) ?? first;
  }

  private has(name: NodeName): boolean {
    if (name === this.node.name) return true;
    return (this.connected ??= this.look()).has(name);
  }

  private look(): ReadonlySet<NodeName> {
    attachedTo('Cache', this.node, TurnEnd).await(this.forget);
    return new Set(this.node.list('connected'));
  }

  private readonly forget = (): void => {
    this.connected = null;
  };
}
