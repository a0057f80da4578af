import type { Departed } from '../../terms/departed';
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
  /** The sender is about to leave: nothing new should be asked of it. The answer says that this was seen. */
  | { readonly kind: 'leaving'; readonly seen: boolean }
  /** Where the pulse of the sender listens, on the address of the connection. */
  | { readonly kind: 'pulse'; readonly port: number }
  /** Nodes that took their leave, as far as the sender knows. */
  | { readonly kind: 'departed'; readonly nodes: readonly Departed[] }
  /** The sender closes the connection, on purpose. */
  | { readonly kind: 'bye'; readonly reason: string }
  | Fragment;

/** The next frame is a part of a signal that is too long for one: its bytes as they are, without a head. */
export interface Fragment {
  readonly kind: 'fragment';
  /** Which signal: a number that no other unfinished one of the sender has. */
  readonly id: number;
  /** How many bytes of the signal follow in further fragments. */
  readonly left: number;
  /** How many bytes the next frame has. */
  readonly length: number;
}

/** Everything that travels between two connected nodes. */
export type WireSignal = Signal | ConnectionSignal;
