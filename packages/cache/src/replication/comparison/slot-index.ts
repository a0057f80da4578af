import type { Store } from '../../store/store';
import type { StoredKey } from '../../store/stored-key';
import { keyHash, slotCount, slotOf } from './key-slot';

/** How long an index is kept: as long as a comparison takes. */
const maxAgeMs = 5_000;

/** Which keys fall into which slot: made when somebody compares, and given up soon, for it takes memory. */
export class SlotIndex {
  private slots: StoredKey[][] | null = null;
  private madeAt = 0;

  constructor(
    private readonly store: Store,
    private readonly now: () => number,
  ) {}

  keysIn(slot: number): readonly StoredKey[] {
    if (this.slots === null) {
      this.slots = this.make();
      this.madeAt = this.now();
    }
    return this.slots[slot] ?? [];
  }

  /** A key has come: one that is in the index already, because it had gone, may be in it twice. */
  added(key: StoredKey): void {
    this.slots?.[slotOf(keyHash(key))]?.push(key);
  }

  /** Gives up an index that is old. */
  age(): void {
    if (this.now() - this.madeAt >= maxAgeMs) this.slots = null;
  }

  drop(): void {
    this.slots = null;
  }

  private make(): StoredKey[][] {
    const slots = Array.from({ length: slotCount }, (): StoredKey[] => []);
    for (const [key] of this.store.records()) slots[slotOf(keyHash(key))]?.push(key);
    return slots;
  }
}
