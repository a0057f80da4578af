import type { Clock } from '../../terms/clock';

export interface LookupOptions {
  readonly host: string;
  /** The mapper's port. */
  readonly port: number;
  /** The part of the node's name before the `@`. */
  readonly name: string;
  readonly clock: Clock;
}

/** Asks a host's port mapper where a node listens; `undefined` if it knows no such node, or there is no mapper. */
export function lookup(_options: LookupOptions): Promise<{ port: number } | undefined> {
  throw new Error('not written yet');
}

/** Every node a host's port mapper knows; none if there is no mapper. */
export function names(_options: Omit<LookupOptions, 'name'>): Promise<{ name: string; port: number }[]> {
  throw new Error('not written yet');
}
