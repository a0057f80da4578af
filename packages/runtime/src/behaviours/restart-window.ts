/** How many restarts a supervisor makes within how many milliseconds before it gives up. */
export interface Intensity {
  readonly restarts: number;
  readonly withinMs: number;
}

/**
 * Counts the restarts of the last `withinMs` milliseconds. A ring of the last `restarts` times: one more restart is
 * too many if the oldest of them is not over yet, so a restart costs the same however long the burst is.
 */
export class RestartWindow {
  private readonly times: number[] = [];
  private oldest = 0;

  constructor(private readonly intensity: Intensity) {}

  /**
   * Notes a restart at the time `now`, in milliseconds.
   * @returns whether it is within bounds
   */
  admit(now: number): boolean {
    const { restarts, withinMs } = this.intensity;
    if (restarts === Infinity) return true;
    if (this.times.length < restarts) {
      this.times.push(now);
      return true;
    }
    const oldest = this.times[this.oldest];
    if (oldest === undefined || now - oldest <= withinMs) return false;
    this.times[this.oldest] = now;
    this.oldest = (this.oldest + 1) % restarts;
    return true;
  }
}
