import type { ClockTimer, Node } from '@trestle/runtime';

/** The longest that a timer can be set for. */
export const maxTimerMs = 2 ** 31 - 1;

/** Ends waits of a node in time. None of them keeps a program alive whose node has stopped. */
export class TimeLimits {
  private readonly timers = new Set<ClockTimer>();
  private watchesNode = false;

  constructor(private readonly node: Node) {}

  /**
   * Waits for something, but not for longer than a time.
   * @param timeoutMs a longer time than a timer can be set for is no limit
   * @param late makes the error when it takes longer
   */
  async within<T>(timeoutMs: number, ask: () => T | Promise<T>, late: () => Error): Promise<T> {
    if (timeoutMs > maxTimerMs) return ask();
    let fail!: (error: Error) => void;
    const over = new Promise<never>((_resolve, reject) => (fail = reject));
    const stop = this.after(timeoutMs, () => {
      fail(late());
    });
    try {
      return await Promise.race([ask(), over]);
    } finally {
      stop();
    }
  }

  /** Calls something after a time. @returns what stops that */
  after(ms: number, call: () => void): () => void {
    this.watchNode();
    const timer = this.node.clock.setTimer(call, ms);
    this.timers.add(timer);
    return () => {
      timer.cancel();
      this.timers.delete(timer);
    };
  }

  private watchNode(): void {
    if (this.watchesNode) return;
    this.watchesNode = true;
    void this.node.stopped.then(() => {
      for (const timer of this.timers) timer.cancel();
    });
  }
}
