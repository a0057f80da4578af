import type { NodeName } from '@trestle/runtime';
import { compareVersions, type Version } from '../versions/version';

/** When an entry ends. */
export interface Expiry {
  /** Milliseconds since 1970, by the clock of the node that asks itself. */
  readonly at: number;
  /** How long it lives from each read on; 0 if reads do not prolong it. */
  readonly slidingMs: number;
}

/** What is stored under a key. Without expiry there is no object for it: entries are many. */
export class Entry implements Version {
  constructor(
    readonly value: unknown,
    readonly stamp: number,
    readonly origin: NodeName,
    public expiry: Expiry | null,
  ) {}
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
  return new Entry(record.value, stamp, origin, record.expiry);
}
