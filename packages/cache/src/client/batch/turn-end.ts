import type { LocalNode } from '@trestle/runtime/internal';

/** Tells those who gather what a node asks others that the turn of the event loop is over, or that the node stops. */
export class TurnEnd {
  private waiting: (() => void)[] = [];

  constructor(private readonly local: LocalNode) {
    // Behind whatever else is to stop in order: what that asks for last leaves, too.
    local.stopHooks.unshift(() => {
      this.isOver();
      return Promise.resolve();
    });
  }

  /** Calls back once. */
  await(callback: () => void): void {
    if (this.waiting.length === 0) this.local.clock.nextTurn(this.isOver);
    this.waiting.push(callback);
  }

  private readonly isOver = (): void => {
    const { waiting } = this;
    this.waiting = [];
    for (const callback of waiting) callback();
  };
}
