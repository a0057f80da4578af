import type { LocalNode } from '../../node/local-node';
import { UnsendableError } from '../../terms/errors';
import { errorToData, reasonAsText } from '../../terms/exit-reason';
import type { CallFailure, FromIdentity } from '../../terms/from';
import type { NodeName } from '../../terms/node-name';
import type { Pid } from '../../terms/pid';
import type { ReceivedCalls } from './received-calls';
import type { AnswerPort, RemoteFrom } from './remote-from';
import type { SendQueue } from './send-queue';

/** Sends the answers to the calls that came over one connection. */
export class Answers implements AnswerPort {
  /** The caller's life; known when the connection opens. */
  creation = 0;

  constructor(
    private readonly peer: NodeName,
    private readonly local: LocalNode,
    private readonly received: ReceivedCalls,
    private readonly queue: SendQueue,
  ) {}

  identify(from: RemoteFrom): FromIdentity {
    return { pid: from.pid, node: this.peer, creation: this.creation, call: from.call };
  }

  forget(from: RemoteFrom): void {
    this.received.remove(from);
  }

  /** A reply that cannot travel fails its call, and nothing else. */
  sendReply(call: number, value: unknown, server: Pid | null): void {
    try {
      this.queue.push({ kind: 'reply', call, value }, server);
    } catch (error) {
      if (!(error instanceof UnsendableError)) throw error;
      const data = errorToData(error);
      this.local.log.report('error', { type: 'reply', to: this.peer, error: data });
      this.queue.push({ kind: 'callFailed', call, failure: { kind: 'badReply', error: data } }, server);
    }
  }

  /** A reason that cannot travel goes as text. */
  sendFailure(call: number, failure: CallFailure, server: Pid | null): void {
    try {
      this.queue.push({ kind: 'callFailed', call, failure }, server);
    } catch (error) {
      if (!(error instanceof UnsendableError) || failure.kind !== 'exit') throw error;
      const reason = reasonAsText(failure.reason);
      this.queue.push({ kind: 'callFailed', call, failure: { kind: 'exit', reason } }, server);
    }
  }
}
