import type { LocalProcess } from '../process/local-process';
import type { Due, TimerQueue } from '../process/timer-queue';

/** Tells a server that no message has come for as long as it wanted to wait. OTP: `receive … after Timeout`. */
export class IdleTimer implements Due {
  dueAt = 0;
  order = 0;
  place = -1;
  /** Whether the time was over before a message came. */
  hasFired = false;
  private isRunning = false;

  constructor(
    private readonly queue: TimerQueue,
    private readonly process: LocalProcess,
  ) {}

  /**
   * Begins to wait, unless it does already; with 0 the time is over at once.
   * @returns whether the time is over
   */
  isOver(timeoutMs: number): boolean {
    if (timeoutMs === 0 || this.hasFired) return true;
    if (!this.isRunning) this.queue.add(this, timeoutMs);
    this.isRunning = true;
    return false;
  }

  /** Waits no more. */
  stop(): void {
    if (this.isRunning) this.queue.remove(this);
    this.isRunning = this.hasFired = false;
  }

  fire(): void {
    this.isRunning = false;
    // A message that has come by now was in time, though it is not handled yet.
    if (!this.process.idle) return;
    this.hasFired = true;
    this.process.ready();
  }
}
