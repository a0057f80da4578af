import type { Departed } from '../../terms/departed';
import type { NodeName } from '../../terms/node-name';

/** So many are remembered: enough for those that were cut off for a while. */
const maxDepartures = 256;

/** The nodes that are known to have taken their leave and have not come back: the last ones. */
export class Departures {
  private readonly creations = new Map<NodeName, number>();

  note(departed: readonly Departed[]): void {
    for (const { name, creation } of departed) {
      this.creations.delete(name);
      this.creations.set(name, creation);
    }
    for (const oldest of this.creations.keys()) {
      if (this.creations.size <= maxDepartures) return;
      this.creations.delete(oldest);
    }
  }

  /** A node of the name is there. */
  forget(name: NodeName): void {
    this.creations.delete(name);
  }

  has({ name, creation }: Departed): boolean {
    return this.creations.get(name) === creation;
  }

  all(): Departed[] {
    return Array.from(this.creations, ([name, creation]) => ({ name, creation }));
  }
}
