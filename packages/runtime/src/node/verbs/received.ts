import type { SystemMessage } from '../../terms/message';
import type { IncomingCall, IncomingCast } from '../../process/seen-message';

/** What a process of message type `M` may receive. */
export type Received<M> = M | SystemMessage | IncomingCall | IncomingCast;
/** The `type`s of messages. */
export type TypeOf<M> = M extends { readonly type: infer T extends string } ? T : never;
/** The messages of the given `type`. */
export type OfType<M, T> = M extends { readonly type: T } ? M : never;

/** Which messages a `receive` takes, and how long it waits. */
export interface ReceiveOptions<Message> {
  /** Takes only messages that pass; the others stay in the mailbox, in order. OTP: a guard (`when`). */
  readonly where?: (message: Message) => boolean;
  /** Milliseconds to wait; 0 only looks. Without it, as long as it takes. OTP: `after`. */
  readonly afterMs?: number;
}
