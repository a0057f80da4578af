import type { ExitReason } from '../../terms/exit-reason';
import type { From } from '../../terms/from';
import { isExit, type Exit } from '../../terms/message';
import { castLabel } from '../../terms/signal';
import type { Activity, Turn } from '../../process/activity';
import type { LocalProcess } from '../../process/local-process';
import type { Served } from '../gen-server/served';
import { isSystemRequest, type SystemRequest } from './system-request';

/**
 * Takes the place of a server's loop while the server is suspended: system requests, and the exit of who started it,
 * are handled as they come; everything else stays in the mailbox, in order. OTP: `sys:suspend_loop`.
 */
export class Suspension implements Activity {
  private looked = 0;
  private over = false;
  /** Whether a request is being handled that takes its time: the others wait for it. */
  private busy = false;

  /** @param handle handles a request, and says when that is done unless it is at once; it never fails */
  constructor(
    readonly loop: Served,
    private readonly handle: (request: SystemRequest, from: From) => void | Promise<void>,
  ) {}

  get isPaused(): true {
    return true;
  }

  get module(): string {
    return this.loop.module;
  }

  get process(): LocalProcess {
    return this.loop.process;
  }

  get suspended(): boolean {
    return this.busy;
  }

  turn(): Turn {
    return { callback: 'sys' };
  }

  run(budget: number): number {
    const { process } = this.loop;
    for (let handled = 0; handled < budget; handled++) {
      if (this.over || this.busy || process.hasEnded) return handled;
      if (this.looked === process.queueLength) {
        process.idle = true;
        return handled;
      }
      this.look();
    }
    if (!this.isOver() && !this.busy) process.ready();
    return budget;
  }

  ended(reason: ExitReason): void {
    this.over = true;
    this.loop.ended(reason);
  }

  /** A message was taken out of the mailbox by other means. */
  messageDropped(index: number): void {
    if (index < this.looked) this.looked -= 1;
  }

  /** Handles nothing any more: the server goes on, or ends. */
  finish(): void {
    this.over = true;
  }

  private isOver(): boolean {
    return this.over || this.loop.process.hasEnded;
  }

  private look(): void {
    const { mailbox } = this.loop.process;
    const message = mailbox.messageAt(this.looked);
    const label = mailbox.labelAt(this.looked);
    if (label !== null && label !== castLabel && isSystemRequest(message)) {
      mailbox.removeAt(this.looked);
      this.loop.process.keepCall(label);
      this.wait(this.handle(message, label));
    } else if (label === null && this.isExitOfParent(message)) {
      mailbox.removeAt(this.looked);
      this.finish();
      this.loop.terminate(message.reason);
    } else this.looked += 1;
  }

  private wait(handled: void | Promise<void>): void {
    if (handled === undefined) return;
    this.busy = true;
    void handled.then(() => {
      this.busy = false;
      if (!this.isOver()) this.loop.process.ready();
    });
  }

  private isExitOfParent(message: unknown): message is Exit {
    return this.loop.parent !== null && isExit(message) && message.from === this.loop.parent;
  }
}
