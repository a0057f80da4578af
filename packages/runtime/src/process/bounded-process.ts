import type { MailboxFull, MailboxInfo, MailboxPolicy } from '../terms/mailbox-options';
import type { Pid } from '../terms/pid';
import { castLabel, type Label } from '../terms/signal';
import { BoundedMailbox, isSystemCall } from './bounded-mailbox';
import { LocalProcess, type ProcessHost } from './local-process';

/** How many messages may wait, and what happens to one more. */
export interface MailboxBound {
  readonly maxMessages: number;
  readonly policy: MailboxPolicy;
  /** Called whenever one more arrives. */
  overflowed(process: BoundedProcess): void;
}

/**
 * A process whose mailbox has a bound. It is a class of its own, chosen when the process is made, so that all others
 * pay nothing for it.
 */
export class BoundedProcess extends LocalProcess {
  /** When its overflow was last in the log. */
  loggedAt = -Infinity;
  private readonly bounded = new BoundedMailbox();
  private rejectedCalls = 0;
  private droppedMessages = 0;

  constructor(
    pid: Pid,
    place: number,
    host: ProcessHost,
    private readonly bound: MailboxBound,
  ) {
    super(pid, place, host);
    this.messages = this.bounded;
  }

  override get mailbox(): BoundedMailbox {
    return this.bounded;
  }

  override get mailboxInfo(): MailboxInfo {
    const { rejectedCalls, droppedMessages, bound, queueLength: messages } = this;
    return { messages, maxMessages: bound.maxMessages, policy: bound.policy, rejectedCalls, droppedMessages };
  }

  override deliver(message: unknown, label: Label): void {
    if (this.queueLength < this.bound.maxMessages || this.hasEnded || isSystemCall(message, label)) {
      super.deliver(message, label);
    } else this.overflow(message, label);
  }

  override owe(message: object): void {
    if (this.hasEnded) return;
    const arrival = this.offer(message, null);
    if (arrival === 'taken') return;
    this.mailbox.pushOwed(message);
    if (arrival === 'due') this.ready();
  }

  override hibernate(): void {
    super.hibernate();
    if (this.bounded.length === 0) this.bounded.clear();
    this.messages = this.bounded;
  }

  private overflow(message: unknown, label: Label): void {
    const { policy, maxMessages } = this.bound;
    const oldest = policy === 'dropOldest' ? this.mailbox.oldestDroppable() : -1;
    if (policy === 'exit') {
      this.refuse(label);
      this.bound.overflowed(this);
      this.end({ type: 'mailboxFull', maxMessages } satisfies MailboxFull);
      return;
    }
    if (oldest === -1) this.refuse(label);
    else this.replace(oldest, message, label);
    this.bound.overflowed(this);
  }

  private replace(oldest: number, message: unknown, label: Label): void {
    const dropped = this.mailbox.labelAt(oldest);
    this.mailbox.removeAt(oldest);
    this.wasDropped(oldest);
    super.deliver(message, label);
    this.refuse(dropped);
  }

  /** Counts a message that is not handled, and tells who waits for its answer. */
  private refuse(label: Label): void {
    if (label === null || label === castLabel) this.droppedMessages += 1;
    else {
      this.rejectedCalls += 1;
      label.fail({ kind: 'mailboxFull' });
    }
  }
}
