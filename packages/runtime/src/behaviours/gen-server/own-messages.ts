import type { Ref } from '../../terms/ref';
import { BaseVerbs } from '../../node/verbs/base-verbs';
import type { Self } from '../../node/node';

/**
 * What a behaviour sends to a server that it runs, for itself: the timeouts of a state machine, say. The server is owed
 * it, so that no bound of its mailbox keeps it out; a server that has ended gets nothing.
 */
export class OwnMessages {
  constructor(private readonly self: Self) {}

  /** Sends a message now. */
  send(message: object): void {
    BaseVerbs.processOf(this.self)?.owe(message);
  }

  /** Sends a message later. @returns what `cancel` takes; nothing if the server has ended */
  sendAfter(message: object, delayMs: number): Ref | undefined {
    const process = BaseVerbs.processOf(this.self);
    if (process === null || process.hasEnded) return undefined;
    const { local } = BaseVerbs.launcherOf('sendAfter', this.self, false);
    return local.timers.start(
      delayMs,
      () => {
        process.owe(message);
      },
      process,
    );
  }

  /** Stops a message that was to be sent later; without effect if it has been. */
  cancel(timer: Ref): void {
    if (BaseVerbs.processOf(this.self)?.hasEnded === false) this.self.cancelTimer(timer);
  }
}
