import { isAskedOfServer } from '../terms/system-type';
import { castLabel, type Label } from '../terms/signal';
import { Mailbox } from './mailbox';

/** Marks, inside a bounded mailbox only, a message that the runtime owes the process; outside it is a plain one. */
const owedLabel = Symbol('owed');

/** A mailbox that knows which of its messages must not be dropped. */
export class BoundedMailbox extends Mailbox {
  /** None of the messages before this one may be dropped: they need not be looked at again and again. */
  private firstDroppable = 0;

  /** Takes in a message that must not be dropped. */
  pushOwed(message: unknown): void {
    super.push(message, owedLabel as unknown as Label);
  }

  /** Where the oldest message is that may be dropped; -1 if there is none. */
  oldestDroppable(): number {
    const { length } = this;
    while (this.firstDroppable < length && this.isKept(this.firstDroppable)) this.firstDroppable += 1;
    return this.firstDroppable < length ? this.firstDroppable : -1;
  }

  override headLabel(): Label {
    return plain(super.headLabel());
  }

  override labelAt(index: number): Label {
    return plain(super.labelAt(index));
  }

  override shift(): unknown {
    if (this.firstDroppable > 0) this.firstDroppable -= 1;
    return super.shift();
  }

  override removeAt(index: number): void {
    if (index < this.firstDroppable) this.firstDroppable -= 1;
    super.removeAt(index);
  }

  override clear(): void {
    this.firstDroppable = 0;
    super.clear();
  }

  private isKept(index: number): boolean {
    const label: unknown = super.labelAt(index);
    return label === owedLabel || isSystemCall(this.messageAt(index), label as Label);
  }
}

/** Whether a message is a call that asks something of the server itself, as those of `sys`: it is to get through. */
export function isSystemCall(message: unknown, label: Label): boolean {
  return label !== null && label !== castLabel && isAskedOfServer(message);
}

function plain(label: Label): Label {
  return (label as unknown) === owedLabel ? null : label;
}
