import type { Clock, ClockTimer } from '../terms/clock';

/** The longest delay a clock takes at once. */
const longestStepMs = 2 ** 31 - 1;

/** A timer of any length: beyond what the clock takes at once it goes in steps; `Infinity` never fires. */
export class LongTimer implements ClockTimer {
  readonly dueAt: number;
  private step: ClockTimer | null = null;

  constructor(
    private readonly clock: Clock,
    delayMs: number,
    private readonly callback: () => void,
  ) {
    this.dueAt = clock.now() + delayMs;
    this.arm(delayMs);
  }

  cancel(): void {
    this.step?.cancel();
    this.step = null;
  }

  /** Whole milliseconds until it fires. */
  get leftMs(): number {
    return Math.max(0, Math.ceil(this.dueAt - this.clock.now()));
  }

  private arm(delayMs: number): void {
    if (delayMs <= longestStepMs) this.step = this.clock.setTimer(this.callback, delayMs);
    else if (delayMs !== Infinity) this.step = this.clock.setTimer(this.goOn, longestStepMs);
  }

  private readonly goOn = (): void => {
    this.arm(this.leftMs);
  };
}
