import type { Wanted } from '../process/receiver';

interface Waiting {
  readonly wanted: Wanted | null;
  readonly resolve: (message: unknown) => void;
}

/**
 * The messages of the shell's process that nobody has taken yet. Unlike a process, whoever types may give up waiting
 * (Ctrl-C), and may wait in more than one place.
 */
export class ShellMailbox {
  private messages: unknown[] = [];
  private waiting: Waiting[] = [];

  /** Hands a message to the first who waits for it; else it stays. */
  put(message: unknown): void {
    const found = this.waiting.findIndex(({ wanted }) => wanted === null || wanted(message));
    if (found === -1) this.messages.push(message);
    else this.waiting.splice(found, 1)[0]?.resolve(message);
  }

  /**
   * Takes the first message that is wanted (any, if `null`), waiting for it.
   * @param afterMs milliseconds to wait; then it is `undefined`
   */
  take(wanted: Wanted | null, afterMs: number): Promise<unknown> {
    const found = this.messages.findIndex((message) => wanted === null || wanted(message));
    if (found !== -1) return Promise.resolve(this.messages.splice(found, 1)[0]);
    if (afterMs === 0) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const timer = afterMs === Infinity ? undefined : setTimeout(giveUp, afterMs);
      const waiting: Waiting = {
        wanted,
        resolve: (message) => {
          clearTimeout(timer);
          resolve(message);
        },
      };
      const { waiting: all } = this;
      function giveUp(): void {
        const index = all.indexOf(waiting);
        if (index !== -1) all.splice(index, 1);
        resolve(undefined);
      }
      this.waiting.push(waiting);
    });
  }

  /** Empties it. */
  flush(): unknown[] {
    return this.messages.splice(0);
  }

  /** Drops messages. */
  drop(unwanted: Wanted): void {
    this.messages = this.messages.filter((message) => !unwanted(message));
  }

  /** Nobody waits any more. */
  giveUp(): void {
    this.waiting.splice(0);
  }
}
