import type { ValueLimits } from '../../node/distribution';

/** What another node can push against: every one of these has a test. */
export interface Limits extends ValueLimits {
  /** The longest frame, in bytes, before the other side has proved that it knows the cookie. */
  readonly maxHandshakeBytes: number;
  /** Connections that are in their handshake at one time; if there are more, the oldest are turned away. */
  readonly maxUnauthenticated: number;
  /** How many of these may come from one address, or from one network of 64 bits of IPv6. */
  readonly maxUnauthenticatedPerAddress: number;
  /** How long a handshake may take, in ms. */
  readonly handshakeTimeoutMs: number;
}

/** A signal longer than this, in bytes, travels in fragments of this length. */
export const fragmentBytes = 64 * 1024;

/** The longest frame, in bytes, that a connected node may send. Nodes send shorter ones. */
export const longestFrameBytes = 4 * fragmentBytes;

export const defaultLimits: Limits = {
  // As large as a message of OTP gets before anybody asks why; a node with less memory sets less.
  maxFrameBytes: 128 * 1024 * 1024,
  // The messages of a handshake take about 400 bytes.
  maxHandshakeBytes: 8 * 1024,
  // Far from the stack's end, for the recursive encoder and decoder on top of a deep stack of the user's.
  maxDepth: 200,
  // One byte can stand for an empty object of 56: without this a frame could take fifty times its size.
  maxValues: 8 * 1024 * 1024,
  // Each may hold 48 KiB.
  maxUnauthenticated: 256,
  // A host that restarts brings all its nodes at once.
  maxUnauthenticatedPerAddress: 64,
  // As OTP's net_setuptime would be on a network of today (OTP: 7 s).
  handshakeTimeoutMs: 5_000,
};
