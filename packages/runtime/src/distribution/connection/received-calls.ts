import type { RemoteFrom } from './remote-from';

/** The lower bits of a number: as many calls of one peer as are open at one time, and some more. */
const slotBits = 0xffff;

/**
 * The calls that came over one connection and are not answered, by the caller's number for them. Callers use the lower
 * parts of numbers again and again, so an array by that part finds what a map would take ten times as long for; the few
 * calls whose place is taken go to a map.
 */
export class ReceivedCalls {
  private readonly slots: (RemoteFrom | null)[] = [];
  private readonly displaced = new Map<number, RemoteFrom>();

  add(from: RemoteFrom): void {
    // A number that comes twice is a new call: nobody waits for the old one.
    this.find(from.call)?.drop();
    const slot = from.call & slotBits;
    while (this.slots.length <= slot) this.slots.push(null);
    if (this.slots[slot] === null) this.slots[slot] = from;
    else this.displaced.set(from.call, from);
  }

  find(call: number): RemoteFrom | undefined {
    const from = this.slots[call & slotBits];
    if (from?.call === call) return from;
    return this.displaced.size === 0 ? undefined : this.displaced.get(call);
  }

  remove(from: RemoteFrom): void {
    const slot = from.call & slotBits;
    if (this.slots[slot] === from) this.slots[slot] = null;
    else if (this.displaced.get(from.call) === from) this.displaced.delete(from.call);
  }

  /** Takes time in proportion. */
  get isEmpty(): boolean {
    return this.displaced.size === 0 && this.slots.every((from) => from === null);
  }

  /** Forgets every call: nobody waits any more. */
  dropAll(): void {
    for (const from of this.slots) from?.drop();
    for (const from of [...this.displaced.values()]) from.drop();
    this.slots.length = 0;
  }
}
