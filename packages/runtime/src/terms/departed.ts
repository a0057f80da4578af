import type { NodeName } from './node-name';

/** A life of a node that has taken its leave. */
export interface Departed {
  readonly name: NodeName;
  readonly creation: number;
}
