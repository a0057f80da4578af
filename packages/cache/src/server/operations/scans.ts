import { BadArgumentError } from '@trestle/runtime';
import type { ScanPage } from '../../terms/cache-protocol';
import type { Entry } from '../../store/entry';
import { keyOf, type StoredKey } from '../../store/stored-key';

/** How many scans may be under way: the one that was not continued for longest ends. */
const maxOpen = 100;
const defaultLimit = 1_000;

/** A part of a scan that is wanted. */
export interface ScanRequest {
  readonly cursor?: number | undefined;
  readonly limit?: number | undefined;
  readonly values?: boolean | undefined;
}

/** The scans of one node that are under way. */
export class Scans {
  /** In the order in which they were continued. */
  private readonly open = new Map<number, IterableIterator<[StoredKey, Entry]>>();
  private lastCursor = 0;

  /** @param isShown whether an entry is to be shown, and is still there */
  constructor(
    private readonly begin: () => IterableIterator<[StoredKey, Entry]>,
    private readonly isShown: (key: StoredKey) => boolean,
  ) {}

  /** @throws BadArgumentError if the cursor is none, or has ended */
  page({ cursor, limit = defaultLimit, values = false }: ScanRequest): ScanPage {
    const entries = cursor === undefined ? this.begin() : this.take(cursor);
    const shown: [StoredKey, Entry][] = [];
    // Those that are not shown take time too.
    for (let looked = 0; looked < limit * 8 && shown.length < limit; looked++) {
      const next = entries.next();
      if (next.done === true) return pageOf(shown, values);
      if (this.isShown(next.value[0])) shown.push(next.value);
    }
    return { ...pageOf(shown, values), cursor: this.keep(entries) };
  }

  private take(cursor: number): IterableIterator<[StoredKey, Entry]> {
    const entries = this.open.get(cursor);
    this.open.delete(cursor);
    if (entries !== undefined) return entries;
    throw new BadArgumentError({
      call: 'cache scan',
      expected: 'the cursor of the part before',
      got: cursor,
    });
  }

  private keep(entries: IterableIterator<[StoredKey, Entry]>): number {
    this.lastCursor += 1;
    this.open.set(this.lastCursor, entries);
    for (const cursor of this.open.keys()) {
      if (this.open.size <= maxOpen) break;
      this.open.delete(cursor);
    }
    return this.lastCursor;
  }
}

function pageOf(shown: readonly [StoredKey, Entry][], values: boolean): ScanPage {
  const keys = shown.map(([key]) => keyOf(key));
  return values ? { keys, values: shown.map(([, { value }]) => value) } : { keys };
}
