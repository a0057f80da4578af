import type { NodeName } from '../../terms/node-name';
import type { Signal } from '../../terms/signal';

/** What two connected nodes tell each other about the connection itself. */
export type ConnectionSignal =
  /** The visible nodes the sender is connected to. */
  | { readonly kind: 'nodes'; readonly names: readonly NodeName[] }
  /** Are you there? */
  | { readonly kind: 'tick' }
  /** The answer to a tick. */
  | { readonly kind: 'tock' }
  /** The sender closes the connection, on purpose. */
  | { readonly kind: 'bye'; readonly reason: string };

/** Everything that travels between two connected nodes. */
export type WireSignal = Signal | ConnectionSignal;
