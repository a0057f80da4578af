import { ListedFrom, type CallFailure, type FromIdentity } from '../../terms/from';
import type { Pid } from '../../terms/pid';

/** Where the answers to the calls of another node go: the connection they came over, and no other. */
export interface AnswerPort {
  /** The caller of a call, in a form that can travel. */
  identify(from: RemoteFrom): FromIdentity;
  /** Nothing can answer this call any more. */
  forget(from: RemoteFrom): void;
  /** @param server who was called: the answer stays in order with what else that process sends */
  sendReply(call: number, value: unknown, server: Pid | null): void;
  sendFailure(call: number, failure: CallFailure, server: Pid | null): void;
}

/** A caller on another node. */
export class RemoteFrom extends ListedFrom {
  private done = false;

  /**
   * @param call the number the caller's node gave the call
   * @param server the process that was called: its answer is in order with what else it sends
   */
  constructor(
    pid: Pid,
    readonly call: number,
    private readonly port: AnswerPort,
    private server: Pid,
  ) {
    super(pid);
  }

  get isOpen(): boolean {
    return !this.done;
  }

  reply(value: unknown): void {
    if (this.done) return;
    this.drop();
    this.port.sendReply(this.call, value, this.server);
  }

  fail(failure: CallFailure): void {
    if (this.done) return;
    this.drop();
    this.port.sendFailure(this.call, failure, this.server);
  }

  /** Another process finds the answer: that is in order with what that one sends. */
  answeredBy(process: Pid): void {
    this.server = process;
  }

  identify(): FromIdentity {
    return this.port.identify(this);
  }

  /** Nobody waits for the answer any more. */
  drop(): void {
    this.done = true;
    if (this.openCalls !== null) this.openCalls.remove(this);
    this.port.forget(this);
  }
}
