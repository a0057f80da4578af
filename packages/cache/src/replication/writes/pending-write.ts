import type { NodeName, TrestleError } from '@trestle/runtime';
import { CacheFullError, CacheWriteError } from '../../terms/cache-errors';
import type { WriteConcern } from '../../terms/cache-options';
import type { CacheRecord } from '../../store/entry';
import type { StoredKey } from '../../store/stored-key';

/** Hears once how a write has ended. */
export interface WriteEnd {
  succeeded(): void;
  failed(error: TrestleError): void;
}

/** What is written. */
export interface Written {
  readonly key: StoredKey;
  readonly record: CacheRecord;
  readonly concern: WriteConcern;
  /** The how manieth attempt it is. */
  readonly attempt: number;
  /** What has come of it before. Default: nothing was tried. */
  readonly past?: WritePast;
}

/** What has come of a write before: nothing was tried; it has waited, and is nowhere; or it may be on some nodes. */
export type WritePast = 'none' | 'waited' | 'offered';

/** The attempt of a write that is never written again as another version. */
export const onlyOnce = Infinity;

/** A write that waits until enough copies of it are there. */
export class PendingWrite {
  private written: number;
  private isOpen = true;
  private fullNode: NodeName | null = null;

  constructor(
    readonly what: Written,
    private readonly wanted: number,
    /** How many copies are there already. */
    written: number,
    /** How many are on their way. */
    private open: number,
    readonly end: WriteEnd,
    /** Is given a write of which too many copies are lost. @returns whether it sees to it from now on */
    private readonly takeOver?: (write: PendingWrite) => boolean,
  ) {
    this.written = written;
  }

  /** A copy is there. */
  copied(): void {
    this.written += 1;
    this.open -= 1;
    if (!this.isOpen || this.written < this.wanted) return;
    this.isOpen = false;
    this.end.succeeded();
  }

  /** A copy may be there or not: nobody will know. */
  lost(): void {
    this.open -= 1;
    if (!this.isOpen || this.written + this.open >= this.wanted) return;
    const { fullNode } = this;
    if (fullNode === null && this.takeOver?.(this) === true) return;
    this.isOpen = false;
    this.end.failed(
      fullNode === null
        ? new CacheWriteError(this.wanted, this.written, true)
        : new CacheFullError(fullNode, true),
    );
  }

  /** A node has no room for its copy. */
  full(node: NodeName): void {
    this.fullNode = node;
    this.lost();
  }

  /** Something is wrong with the write itself. */
  fail(error: TrestleError): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.end.failed(error);
  }

  /** Another write takes its place, and reports to its end. @returns whether somebody still waits */
  giveUp(): boolean {
    const wasOpen = this.isOpen;
    this.isOpen = false;
    return wasOpen;
  }
}

/** How many copies a concern asks for, of so many that there should be. */
export function wantedCopies(concern: WriteConcern, group: number): number {
  if (concern === 'one') return 1;
  return concern === 'all' ? group : Math.floor(group / 2) + 1;
}
