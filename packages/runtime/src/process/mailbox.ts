import type { Label } from '../terms/signal';

/** Slots of a new ring: eight messages. */
const firstSlots = 16;
/** An empty ring above this size is given back. */
const keptSlots = 2048;

/**
 * The messages a process has not taken yet, in order. A ring with two slots for each message (the message and its
 * label), so that a message costs no allocation; it is created on first use, because an idle process has none.
 */
export class Mailbox {
  private slots: unknown[] | null = null;
  private head = 0;
  private used = 0;

  /** How many messages wait. */
  get length(): number {
    return this.used >> 1;
  }

  push(message: unknown, label: Label): void {
    let slots = this.slots;
    if (slots === null || this.used === slots.length) slots = this.grow(slots);
    const tail = (this.head + this.used) & (slots.length - 1);
    slots[tail] = message;
    slots[tail + 1] = label;
    this.used += 2;
  }

  /** The label of the oldest message; there must be one. */
  headLabel(): Label {
    return (this.slots as unknown[])[this.head + 1] as Label;
  }

  /** Takes the oldest message; there must be one. */
  shift(): unknown {
    const slots = this.slots as unknown[];
    const head = this.head;
    const message = slots[head];
    slots[head] = null;
    slots[head + 1] = null;
    this.head = (head + 2) & (slots.length - 1);
    this.used -= 2;
    if (this.used === 0 && slots.length > keptSlots) this.clear();
    return message;
  }

  /** The message at `index`, counted from the oldest. */
  messageAt(index: number): unknown {
    return (this.slots as unknown[])[this.slotOf(index)];
  }

  labelAt(index: number): Label {
    return (this.slots as unknown[])[this.slotOf(index) + 1] as Label;
  }

  /** Takes out the message at `index`; the others keep their order. Moves the shorter side. */
  removeAt(index: number): void {
    if (index < this.length / 2) {
      for (let i = index; i > 0; i--) this.copySlot(i - 1, i);
      this.shift();
      return;
    }
    for (let i = index; i < this.length - 1; i++) this.copySlot(i + 1, i);
    this.clearSlot(this.length - 1);
    this.used -= 2;
  }

  /** Drops everything. */
  clear(): void {
    this.slots = null;
    this.head = 0;
    this.used = 0;
  }

  private slotOf(index: number): number {
    return (this.head + index * 2) & ((this.slots as unknown[]).length - 1);
  }

  private copySlot(from: number, to: number): void {
    const slots = this.slots as unknown[];
    const source = this.slotOf(from);
    const target = this.slotOf(to);
    slots[target] = slots[source];
    slots[target + 1] = slots[source + 1];
  }

  private clearSlot(index: number): void {
    const slots = this.slots as unknown[];
    const slot = this.slotOf(index);
    slots[slot] = null;
    slots[slot + 1] = null;
  }

  /** Doubles the ring. The new slots stay holes: only used ones are read, and filling them would be a second pass. */
  private grow(old: unknown[] | null): unknown[] {
    if (old === null) return (this.slots = new Array<unknown>(firstSlots));
    const slots = new Array<unknown>(old.length * 2);
    const end = old.length - this.head;
    for (let i = 0; i < end; i++) slots[i] = old[this.head + i];
    for (let i = end; i < old.length; i++) slots[i] = old[i - end];
    this.head = 0;
    return (this.slots = slots);
  }
}
