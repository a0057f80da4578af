import { ListedFrom, type CallFailure, type FromIdentity } from '../../terms/from';
import type { Pid } from '../../terms/pid';

/** Where the answers to the calls of another node go: the connection they came over, and no other. */
export interface AnswerPort {
  /** The caller of a call, in a form that can travel. */
  identify(from: RemoteFrom): FromIdentity;
  /** Nothing can answer this call any more. */
  forget(from: RemoteFrom): void;
  sendReply(call: number, value: unknown): void;
  sendFailure(call: number, failure: CallFailure): void;
}

/** A caller on another node. */
export class RemoteFrom extends ListedFrom {
  private done = false;

  /** @param call the number the caller's node gave the call */
  constructor(
    pid: Pid,
    readonly call: number,
    private readonly port: AnswerPort,
  ) {
    super(pid);
  }

  get isOpen(): boolean {
    return !this.done;
  }

  reply(value: unknown): void {
    if (this.done) return;
    this.drop();
    this.port.sendReply(this.call, value);
  }

  fail(failure: CallFailure): void {
    if (this.done) return;
    this.drop();
    this.port.sendFailure(this.call, failure);
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
