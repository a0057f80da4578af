import { z } from '#zod';

/** How to send to a node that takes what it is sent more slowly than it comes. */
export type SendOptions = NosuspendOptions | SuspendOptions;

/** Does not send if the connection to the node is busy, and says so. OTP: `erlang:send(Dest, Msg, [nosuspend])`. */
export interface NosuspendOptions {
  readonly nosuspend: true;
}

/** Waits while the connection to the node is busy, then sends. OTP: what every `send` does. */
export interface SuspendOptions {
  readonly suspend: true;
}

/** What has become of a message: it was sent, or was not because its sender would have had to wait. */
export type SendOutcome = 'ok' | 'nosuspend';

export const sendOptionsSchema = z.union(
  [z.strictObject({ nosuspend: z.literal(true) }), z.strictObject({ suspend: z.literal(true) })],
  { error: '{ nosuspend: true } or { suspend: true }' },
);
