import { concerns, isTtl, type WriteConcern } from './cache-options';

/** How an entry is written. */
export interface WriteRequestOptions {
  /** How long it lives, in ms. Default: as the cache says, or, of `update` and `increment`, as the entry did. */
  readonly ttlMs?: number;
  /** Whether each read lets it live as long again. */
  readonly sliding?: boolean;
  /** How many copies must be written when it is answered. */
  readonly concern?: WriteConcern;
}

/** Tells whether what a request says of how to write can be done: what arrives may have been typed by hand into a shell. */
export function isWritten({
  ttlMs,
  sliding,
  concern,
}: { readonly [K in keyof WriteRequestOptions]: unknown }): boolean {
  return (
    (ttlMs === undefined || isTtl(ttlMs)) &&
    (sliding === undefined || typeof sliding === 'boolean') &&
    (concern === undefined || concerns.includes(concern))
  );
}
