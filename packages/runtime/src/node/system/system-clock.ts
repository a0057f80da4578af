import { afterTurn, performance } from '#platform/event-loop';
import type { Clock, ClockTimer } from '../../terms/clock';

class SystemTimer implements ClockTimer {
  constructor(private readonly timeout: NodeJS.Timeout) {}

  cancel(): void {
    clearTimeout(this.timeout);
  }
}

/** Real time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimer: (callback, delayMs) => new SystemTimer(setTimeout(callback, Math.ceil(delayMs))),
  nextTurn: afterTurn,
};
