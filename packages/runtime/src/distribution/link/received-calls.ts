import type { RemoteFrom } from './remote-from';

/** As many calls as the other node numbers at one time. */
const slotCount = 2 ** 20;

/**
 * The calls that came over one connection and are not answered, by the caller's number for them. Its lower part is a
 * slot that the other node uses for one call at a time, so an array finds what a map would take ten times as long for.
 */
export class ReceivedCalls {
  private readonly slots: (RemoteFrom | null)[] = [];

  add(from: RemoteFrom): void {
    const slot = from.call % slotCount;
    // The other node has given the slot to a new call, so nobody waits for the old one.
    this.slots[slot]?.drop();
    while (this.slots.length < slot) this.slots.push(null);
    this.slots[slot] = from;
  }

  find(call: number): RemoteFrom | undefined {
    const from = this.slots[call % slotCount];
    return from?.call === call ? from : undefined;
  }

  remove(from: RemoteFrom): void {
    const slot = from.call % slotCount;
    if (this.slots[slot] === from) this.slots[slot] = null;
  }

  /** Forgets every call: nobody waits any more. */
  dropAll(): void {
    for (const from of this.slots) from?.drop();
    this.slots.length = 0;
  }
}
