import { BadArgumentError } from '../../terms/errors';
import type { ExitReason } from '../../terms/exit-reason';
import { isDownOf, type ResponseMessage, type TaskReply } from '../../terms/message';
import type { Pid } from '../../terms/pid';
import type { Ref } from '../../terms/ref';
import { BaseVerbs } from '../../node/verbs/base-verbs';
import type { LocalNode } from '../../node/local-node';
import type { AnySelf, Body, Node } from '../../node/node';
import type { EndListener } from '../../process/relations';
import type { LocalProcess } from '../../process/local-process';

/**
 * Who waits for results of tasks and requests: a process, which is linked to its tasks and monitors them; or a node, on behalf
 * of code that is no process: that has no links and no mailbox.
 */
export class Waiter {
  private constructor(
    readonly on: Node | AnySelf,
    readonly local: LocalNode,
    readonly process: LocalProcess | null,
  ) {}

  /** @throws BadArgumentError if `on` is neither a process nor a running node */
  static of(call: string, on: Node | AnySelf): Waiter {
    const { local, starter } = BaseVerbs.launcherOf(call, on, true);
    return new Waiter(on, local, starter);
  }

  get pid(): Pid {
    return this.on.pid;
  }

  /** An owner that has ended executes nothing any more: nobody must wake it. */
  get hasEnded(): boolean {
    return this.process?.hasEnded === true;
  }

  get trapsExits(): boolean {
    return this.process?.trapsExits === true;
  }

  /** @throws BadArgumentError if it is another who asks */
  check(call: string, on: Node | AnySelf): void {
    BaseVerbs.launcherOf(call, on, false);
    if (on.pid === this.pid) return;
    throw new BadArgumentError({ call, expected: `the owner of the task, ${this.pid}`, got: on.pid });
  }

  /** Starts a process, linked to the owner if that is one. */
  spawn(body: Body<unknown>): Pid {
    return 'spawnLink' in this.on ? this.on.spawnLink(body) : this.on.spawn(body);
  }

  link(pid: Pid): void {
    if ('link' in this.on) this.on.link(pid);
  }

  unlink(pid: Pid): void {
    if (!this.hasEnded && 'unlink' in this.on) this.on.unlink(pid);
  }

  monitor(pid: Pid): Ref {
    return 'monitor' in this.on ? this.on.monitor(pid) : this.local.refs.next();
  }

  /** Whether a process still monitors what it did by this reference. */
  hasMonitor(ref: Ref): boolean {
    return this.process?.hasMonitor(ref) === true;
  }

  /** Puts the result of a task or a request into the mailbox, if there is one. */
  deliver(reply: TaskReply | ResponseMessage): void {
    this.process?.owe(reply);
  }

  /** No message of the task comes any more, and none is left in the mailbox. */
  forget(ref: Ref): void {
    if (this.hasEnded || !('demonitor' in this.on)) return;
    this.on.demonitor(ref);
    this.process?.flush((message) => isReplyOf(ref, message));
    this.process?.flush((message) => isDownOf(ref, message));
  }

  /** Sends an exit signal, though the owner may have ended: what it began to end must not be left behind. */
  exitSignal(pid: Pid, reason: ExitReason): void {
    this.local.router.route({ kind: 'exit', from: this.pid, to: pid, reason });
  }

  onEnd(listener: EndListener): void {
    this.process?.onEnd(listener);
  }

  offEnd(listener: EndListener): void {
    this.process?.offEnd(listener);
  }
}

function isReplyOf(ref: Ref, message: unknown): boolean {
  const reply = message as Partial<TaskReply> | null | undefined;
  return reply?.type === 'taskReply' && reply.ref === ref;
}
