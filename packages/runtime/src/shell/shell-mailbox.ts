import { wants, type Wanted } from '../process/seen-message';

interface Waiting {
  readonly wanted: Wanted;
  readonly resolve: (message: unknown) => void;
  timer: NodeJS.Timeout | undefined;
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
    const found = this.waiting.findIndex(({ wanted }) => wants(wanted, message));
    const [waiting] = found === -1 ? [] : this.waiting.splice(found, 1);
    if (waiting === undefined) this.messages.push(message);
    else {
      clearTimeout(waiting.timer);
      waiting.resolve(message);
    }
  }

  /**
   * Takes the first message that is wanted (any, if `null`), waiting for it.
   * @param afterMs milliseconds to wait; then it is `undefined`
   */
  take(wanted: Wanted, afterMs: number): Promise<unknown> {
    const found = this.messages.findIndex((message) => wants(wanted, message));
    if (found !== -1) return Promise.resolve(this.messages.splice(found, 1)[0]);
    if (afterMs === 0) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const waiting: Waiting = { wanted, resolve, timer: undefined };
      this.waiting.push(waiting);
      if (afterMs === Infinity) return;
      waiting.timer = setTimeout(() => {
        this.waiting = this.waiting.filter((other) => other !== waiting);
        resolve(undefined);
      }, afterMs);
    });
  }

  /** Empties it. */
  flush(): unknown[] {
    return this.messages.splice(0);
  }

  /** Drops messages. */
  drop(unwanted: (message: unknown) => boolean): void {
    this.messages = this.messages.filter((message) => !unwanted(message));
  }

  /** Nobody waits any more. */
  giveUp(): void {
    for (const { timer } of this.waiting.splice(0)) clearTimeout(timer);
  }
}
