// The global of this name is a getter, which costs half as much again as the look at the clock.
import { performance } from 'node:perf_hooks';
import type { Clock, ClockTimer } from '../terms/clock';

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
  nextTurn: (callback) => void setImmediate(callback),
};
