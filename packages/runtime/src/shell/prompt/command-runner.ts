import { Evaluator, InterruptedError } from './evaluator';
import { settle } from './settle';

/** Executes commands, one at a time; any of them can be given up. */
export class CommandRunner {
  private readonly evaluator = new Evaluator();
  private stop: ((error: Error) => void) | null = null;

  get isBusy(): boolean {
    return this.stop !== null;
  }

  /**
   * Executes a command. What can run without waiting has run when this returns.
   * @returns its result, once there is nothing left to wait for
   */
  async run(code: string, name: string): Promise<unknown> {
    const stopped = new Promise<never>((_, reject) => {
      this.stop = reject;
    });
    const result = this.execute(code, name);
    // Nobody waits for a command that was given up: how it ends is of no interest.
    result.catch(() => undefined);
    try {
      return await Promise.race([result, stopped]);
    } finally {
      this.stop = null;
    }
  }

  /** Gives up the command that is being executed: it goes on, but nobody waits for it. */
  interrupt(why: string): void {
    this.stop?.(new InterruptedError(why));
  }

  /** Gives up the command that is being executed, unless it ends by itself in this turn: what it says comes first. */
  interruptLast(why: string): void {
    const { stop } = this;
    setImmediate(() => stop?.(new InterruptedError(why)));
  }

  close(): void {
    this.interrupt('the shell was closed');
    this.evaluator.close();
  }

  private async execute(code: string, name: string): Promise<unknown> {
    let result: unknown;
    await this.evaluator.evaluate(code, name, (value) => {
      result = value;
    });
    return settle(result);
  }
}
