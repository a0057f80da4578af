import { z } from '#zod';

const policies = ['reject', 'dropNewest', 'dropOldest', 'exit'] as const;

/**
 * What a full mailbox does with one more message. A call that is not taken in, or is dropped later, fails at once with
 * a `MailboxFullError`; a cast or plain message is dropped without a word, as if it had been lost.
 * - `'reject'` and `'dropNewest'`: what arrives is not taken in;
 * - `'dropOldest'`: what waits longest is dropped, and what arrives is taken in;
 * - `'exit'`: the process ends with the reason `{ type: 'mailboxFull', maxMessages }`, without `terminate`.
 */
export type MailboxPolicy = (typeof policies)[number];

/** The bound of a mailbox. What the runtime owes a process (see `SystemMessage`) is taken in whatever the bound. */
export interface MailboxOptions {
  /** How many messages may wait: a whole number, 1 or more. */
  readonly maxMessages: number;
  /** What happens to one more. Default `'reject'`. */
  readonly policy?: MailboxPolicy;
}

/** What can be seen of a mailbox from outside. */
export interface MailboxInfo {
  /** How many messages wait. */
  readonly messages: number;
  /** How many may wait; `Infinity` if it has no bound. */
  readonly maxMessages: number;
  /** What happens to one more; `undefined` if it has no bound. */
  readonly policy: MailboxPolicy | undefined;
  /** Calls that failed because it was full, since the process started. */
  readonly rejectedCalls: number;
  /** Casts and plain messages that were dropped because it was full, since the process started. */
  readonly droppedMessages: number;
}

/** Why a process ended whose mailbox was full, if its policy is `'exit'`. OTP: what `max_heap_size` does. */
export interface MailboxFull {
  readonly type: 'mailboxFull';
  readonly maxMessages: number;
}

export const mailboxSchema = z.strictObject(
  {
    maxMessages: z.custom<number>(isMaximum, 'a number of messages: a whole number, 1 or more'),
    policy: z.enum(policies, "'reject', 'dropNewest', 'dropOldest' or 'exit'").optional(),
  },
  { error: '{ maxMessages, policy }' },
);

function isMaximum(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
