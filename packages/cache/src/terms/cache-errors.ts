import { TrestleError, type NodeName } from '@trestle/runtime';

/**
 * A write reached fewer copies than it was to. If it was not even tried, because too few nodes were there, it was not
 * handled; otherwise it may be on some of them, and then reaches the others later.
 */
export class CacheWriteError extends TrestleError {
  readonly code = 'ERR_CACHE_WRITE';

  constructor(
    readonly wanted: number,
    readonly written: number,
    override readonly mayHaveBeenHandled: boolean,
  ) {
    super(`cache write: ${String(wanted)} copies were to be written, and ${String(written)} could be`);
  }
}

/** Nodes that may have an entry are there and have not answered: whether there is one is not known. Nothing was done. */
export class CacheReadError extends TrestleError {
  readonly code = 'ERR_CACHE_READ';

  constructor(readonly silent: readonly NodeName[]) {
    super(`cache read: no answer from ${silent.join(', ')}, which may have the entry`);
  }
}

/** A value is larger than all a node may hold; nothing was written. */
export class ValueTooLargeError extends TrestleError {
  readonly code = 'ERR_CACHE_VALUE_TOO_LARGE';

  constructor(size: number, maxBytes: number) {
    super(
      `cache write: expected an entry of at most maxBytes ${String(maxBytes)}, got ${String(size)} bytes`,
    );
  }
}

/**
 * A node has no room, and its cache refuses what it has no room for. If it was the node that was asked, nothing was
 * written; if it was to keep a copy, other copies may be written, and this one is once it has room.
 */
export class CacheFullError extends TrestleError {
  readonly code = 'ERR_CACHE_FULL';

  constructor(
    readonly node: NodeName,
    override readonly mayHaveBeenHandled: boolean,
  ) {
    super(`cache write: ${node} is full, and nothing makes room there`);
  }
}

/** The node gives its entries away, for it will stop: it writes nothing any more. Another copy may. */
export class CacheDrainingError extends TrestleError {
  readonly code = 'ERR_CACHE_DRAINING';

  constructor(readonly node: NodeName) {
    super(`cache write: ${node} is draining`);
  }
}

/** Two nodes do not have the same options, or not the same version, and so cannot hold copies of each other's entries. */
export class CacheOptionsError extends TrestleError {
  readonly code = 'ERR_CACHE_OPTIONS';
}
