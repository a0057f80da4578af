import { byteSize } from '../store/byte-size';
import type { CacheRecord } from '../store/entry';
import { Tombstone } from '../store/entry';
import type { StoredKey } from '../store/stored-key';
import { pushNothing, pushRecord } from './record-code';

/** About how many bytes of values travel in one message, if it is more than one value. */
const partBytes = 4 * 1024 * 1024;

/** About how many bytes a record adds to a message. */
export function bulkOf(record: CacheRecord): number {
  return record instanceof Tombstone ? 0 : byteSize(record.value);
}

/** Whether another record of so many bytes still fits into a message that holds some. */
export function fitsInto(partSoFar: number, bulk: number): boolean {
  return partSoFar === 0 || partSoFar + bulk <= partBytes;
}

/** Deals records into lists, none of which is too large for a message unless a single record is. */
export class RecordParts {
  private part: unknown[] = [];
  private bytes = 0;

  /** @param send takes a part; whether it is the last */
  constructor(private readonly send: (records: readonly unknown[], isLast: boolean) => void) {}

  /** @param moved of what is not known: the stamp of what was given away a moment ago; 0 if nothing was */
  add(key: StoredKey, record: CacheRecord | undefined, moved = 0): void {
    if (record === undefined) {
      pushNothing(this.part, key, moved);
      return;
    }
    const bulk = bulkOf(record);
    if (!fitsInto(this.bytes, bulk)) {
      this.send(this.part, false);
      this.part = [];
      this.bytes = 0;
    }
    pushRecord(this.part, key, record);
    this.bytes += bulk;
  }

  end(): void {
    this.send(this.part, true);
  }
}
