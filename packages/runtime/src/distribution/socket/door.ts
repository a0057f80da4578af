import type { Socket as Stream } from 'node:net';
import { addressGroup } from './address-group';

/** How many may be at the door at once. */
export interface DoorLimits {
  readonly total: number;
  /** Of one address. */
  readonly perAddress: number;
}

/** The connections of one address, in the order they came, by where they come from. */
type Visitors = Map<string, Stream>;

/**
 * Holds the connections that have not proved themselves. If there are too many, the oldest one goes: of the same address
 * if that one has its share, else of the address that has the most. A peer proves itself in an instant, so the oldest are
 * those who come for something else; and whoever fills the door pushes out its own.
 */
export class Door {
  private readonly unproven = new Map<string, Visitors>();
  private count = 0;

  /** @param turnedAway is told of everyone who had to go */
  constructor(
    private readonly limits: DoorLimits,
    private readonly turnedAway: (address: string, problem: string) => void,
  ) {}

  enter(stream: Stream): void {
    const from = whereFrom(stream);
    const group = addressGroup(stream.remoteAddress ?? '');
    const visitors = this.unproven.get(group) ?? new Map<string, Stream>();
    this.unproven.set(group, visitors.set(from, stream));
    this.count += 1;
    stream.once('close', () => {
      this.remove(group, from, stream);
    });
    if (visitors.size > this.limits.perAddress) this.evictOldest(group, 'too many of its address');
    else if (this.count > this.limits.total) this.evictOldest(this.fullest(), 'too many');
  }

  /** A connection has proved itself: this one, or what encrypts it. */
  leave(stream: Stream): void {
    this.remove(addressGroup(stream.remoteAddress ?? ''), whereFrom(stream));
  }

  /** Sends away who is still there. */
  shut(): void {
    for (const visitors of this.unproven.values()) for (const stream of visitors.values()) stream.destroy();
  }

  /** @param stream the one that must be meant: another may have come from there since */
  private remove(group: string, from: string, stream?: Stream): void {
    const visitors = this.unproven.get(group);
    const found = visitors?.get(from);
    if (visitors === undefined || found === undefined || (stream ?? found) !== found) return;
    visitors.delete(from);
    this.count -= 1;
    if (visitors.size === 0) this.unproven.delete(group);
  }

  private evictOldest(group: string, problem: string): void {
    const [oldest] = this.unproven.get(group) ?? [];
    if (oldest === undefined) return;
    const [from, stream] = oldest;
    this.turnedAway(from, `${problem} have not proved themselves`);
    this.remove(group, from);
    stream.destroy();
  }

  /** The address that has the most. */
  private fullest(): string {
    let fullest = '';
    let most = 0;
    for (const [group, { size }] of this.unproven) {
      if (size > most) [fullest, most] = [group, size];
    }
    return fullest;
  }
}

/** The other end of a connection, which has no second one to here. */
export function whereFrom(stream: Stream): string {
  return `${stream.remoteAddress ?? 'unknown'}:${String(stream.remotePort ?? 0)}`;
}
