import type { CallFailure } from '../../terms/from';
import type { PendingCall } from './pending-call';

/** More calls than memory holds. */
const slotCount = 2 ** 24;
/** The bits of a number that are its slot: a remainder would take ten times as long. */
const slotBits = slotCount - 1;
/** Generations of a slot; slot and generation together stay an exact integer. */
const generations = 2 ** 29;

/**
 * Numbers by which the wire names the calls that wait: an array of slots with a free list. The number holds the
 * slot's generation, so that a late reply never finds the next call of its slot.
 */
export class CallNumbers {
  private readonly slots: (PendingCall | null)[] = [null];
  private readonly generation: number[] = [1];
  private readonly free: number[] = [];

  /** Gives a call its number, unless it has one. */
  assign(call: PendingCall): number {
    if (call.number !== 0) return call.number;
    const slot = this.free.pop() ?? this.grow();
    this.slots[slot] = call;
    call.number = (this.generation[slot] as number) * slotCount + slot;
    return call.number;
  }

  /** The call of a number, if it still waits. */
  find(number: number): PendingCall | undefined {
    const call = this.slots[number & slotBits];
    return call?.number === number ? call : undefined;
  }

  release(call: PendingCall): void {
    const slot = call.number & slotBits;
    this.slots[slot] = null;
    this.generation[slot] = ((this.generation[slot] as number) + 1) % generations;
    this.free.push(slot);
    call.number = 0;
  }

  /** How many calls have a number. */
  get size(): number {
    return this.slots.length - 1 - this.free.length;
  }

  /** Fails every call that has a number. */
  failAll(failure: CallFailure): void {
    for (const call of [...this.slots]) call?.fail(failure);
  }

  private grow(): number {
    this.slots.push(null);
    this.generation.push(1);
    return this.slots.length - 1;
  }
}
