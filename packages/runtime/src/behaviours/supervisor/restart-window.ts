/** How many restarts a supervisor makes within how many milliseconds before it gives up. */
export interface Intensity {
  /** A whole number, 0 or more; `Infinity` never gives up. */
  readonly restarts: number;
  /** Milliseconds. */
  readonly withinMs: number;
}

/** Places of a new ring. */
const firstPlaces = 4;

/**
 * Counts the restarts of the last `withinMs` milliseconds. A ring of their times: each enters it once and leaves it
 * once, so a restart costs the same however long the burst is, and what is over takes no memory.
 */
export class RestartWindow {
  private times = new Array<number>(firstPlaces);
  private oldest = 0;
  private count = 0;

  constructor(private readonly intensity: Intensity) {}

  /**
   * Notes a restart at the time `now`, in milliseconds.
   * @returns whether it is within bounds
   */
  admit(now: number): boolean {
    const { restarts, withinMs } = this.intensity;
    if (restarts === Infinity) return true;
    while (this.count > 0 && now - (this.times[this.oldest] as number) > withinMs) this.forgetOldest();
    if (this.count >= restarts) return false;
    this.push(now);
    return true;
  }

  /** A window of another intensity that remembers the same restarts. */
  under(intensity: Intensity): RestartWindow {
    const other = new RestartWindow(intensity);
    for (let i = 0; i < this.count; i++)
      other.push(this.times[(this.oldest + i) % this.times.length] as number);
    return other;
  }

  /** How many restarts are remembered. */
  get size(): number {
    return this.count;
  }

  private push(time: number): void {
    if (this.count === this.times.length) this.grow();
    this.times[(this.oldest + this.count) % this.times.length] = time;
    this.count += 1;
  }

  private forgetOldest(): void {
    this.oldest = (this.oldest + 1) % this.times.length;
    this.count -= 1;
  }

  private grow(): void {
    const { times, oldest } = this;
    this.times = [...times.slice(oldest), ...times.slice(0, oldest)];
    this.times.length = times.length * 2;
    this.oldest = 0;
  }
}
