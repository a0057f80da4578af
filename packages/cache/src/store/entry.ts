import type { NodeName } from '@trestle/runtime';
import { compareVersions, type Version } from '../versions/version';

/** When an entry ends. */
export interface Expiry {
  /** Milliseconds since 1970, by the clock of the node that asks itself. */
  readonly at: number;
  /** How long it lives from each read on; 0 if reads do not prolong it. */
  readonly slidingMs: number;
}

/** 2^32: what the upper half of a stamp counts. */
const upperUnit = 4_294_967_296;

/**
 * What is stored under a key. Entries are many, so each is small: its stamp is kept as two integers, which need no
 * object of their own as a number of 53 bits does, and one that does not end by itself has no place for its end.
 */
export class Entry implements Version {
  private readonly upper: number;
  private readonly lower: number;

  constructor(
    readonly value: unknown,
    stamp: number,
    readonly origin: NodeName,
  ) {
    this.upper = Math.floor(stamp / upperUnit);
    this.lower = stamp | 0;
  }

  get stamp(): number {
    return this.upper * upperUnit + (this.lower >>> 0);
  }

  /** When it ends; `null` if it does not by itself. */
  get expiry(): Expiry | null {
    return null;
  }
}

/** An entry that ends by itself. */
export class EndingEntry extends Entry {
  private end: Expiry;

  constructor(value: unknown, stamp: number, origin: NodeName, end: Expiry) {
    super(value, stamp, origin);
    this.end = end;
  }

  override get expiry(): Expiry {
    return this.end;
  }

  /** It ends later than was thought. */
  prolong(end: Expiry): void {
    this.end = end;
  }
}

/** @param expiry when it ends; `null` if it does not by itself */
export function entryOf(value: unknown, stamp: number, origin: NodeName, expiry: Expiry | null): Entry {
  return expiry === null ? new Entry(value, stamp, origin) : new EndingEntry(value, stamp, origin, expiry);
}

/** That there is nothing under a key, and which write made it so: older ones that arrive later count for nothing. */
export class Tombstone implements Version {
  constructor(
    readonly stamp: number,
    readonly origin: NodeName,
    /** When the entry of this version ended by itself; 0 if it was deleted. */
    readonly endedAt: number,
  ) {}
}

/** What a node knows of a key. */
export type CacheRecord = Entry | Tombstone;

/**
 * Which of two records of a key is to be kept, on whatever node and in whatever order they meet: the newer version. Of
 * one version, which a node may have let end and another prolonged meanwhile, that which lives longer.
 * @returns above 0 for `a`, below for `b`; 0 if it makes no difference
 */
export function compareRecords(a: CacheRecord, b: CacheRecord): number {
  const versions = compareVersions(a, b);
  return versions === 0 ? compareEnds(endOf(a), endOf(b)) : versions;
}

function compareEnds(a: number, b: number): number {
  // Not a difference: two infinities have none.
  if (a === b) return 0;
  return a > b ? 1 : -1;
}

function endOf(record: CacheRecord): number {
  if (record instanceof Tombstone) return record.endedAt;
  return record.expiry === null ? Infinity : record.expiry.at;
}

/** The same, as a later write. */
export function restamped(record: CacheRecord, stamp: number, origin: NodeName): CacheRecord {
  if (record instanceof Tombstone) return new Tombstone(stamp, origin, 0);
  return entryOf(record.value, stamp, origin, record.expiry);
}
