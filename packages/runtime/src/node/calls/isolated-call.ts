import { UnsendableError } from '../../terms/errors';
import { errorToData } from '../../terms/exit-reason';
import type { CallFailure } from '../../terms/from';
import type { Isolation } from '../../terms/isolation';
import { isAskedOfServer } from '../../terms/system-type';
import { passReason } from '../signals/isolating-router';
import type { NodeLog } from '../log/node-log';
import { PendingCall } from './pending-call';

type CallParts = ConstructorParameters<typeof PendingCall>;

/** A call within a node whose processes do not share what they send: nor do they what they reply. */
export class IsolatedCall extends PendingCall {
  constructor(
    private readonly isolation: Isolation,
    private readonly log: NodeLog,
    ...parts: CallParts
  ) {
    super(...parts);
  }

  /** A look at a server by `sys` shows it as it is, and must not freeze it. */
  override reply(value: unknown): void {
    if (!this.isOpen) return;
    if (isAskedOfServer(this.request)) super.reply(value);
    else this.replyPassed(value);
  }

  override fail(failure: CallFailure): void {
    if (failure.kind !== 'exit') super.fail(failure);
    else super.fail({ kind: 'exit', reason: passReason(this.isolation, failure.reason) });
  }

  /** A reply that cannot be copied fails its call, as between nodes, and nothing else. */
  private replyPassed(value: unknown): void {
    try {
      super.reply(this.isolation.pass(value, 'reply'));
    } catch (error) {
      if (!(error instanceof UnsendableError)) throw error;
      const data = errorToData(error);
      this.log.report('error', { type: 'reply', called: this.describe(), error: data });
      super.fail({ kind: 'badReply', error: data });
    }
  }
}
