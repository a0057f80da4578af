import type { Clock, ClockTimer } from '../terms/clock';

const steps = 4;

/**
 * Waits for an answer as long as the event loop turns: for so many milliseconds, in steps. However long the loop stands
 * still it uses up one step, and there is time left to read what has come meanwhile.
 */
export function awaitPatiently(clock: Clock, ms: number, onTimeout: () => void): ClockTimer {
  let left = steps;
  let timer: ClockTimer;
  let isCancelled = false;
  const arm = (): void => {
    timer = clock.setTimer(step, ms / steps);
  };
  const step = (): void => {
    left -= 1;
    if (left > 0) arm();
    else whenRead(clock, () => !isCancelled, onTimeout);
  };
  arm();
  return {
    cancel: () => {
      isCancelled = true;
      timer.cancel();
    },
  };
}

/** Timers come before sockets: does something when the sockets have been read, if it is still wanted then. */
export function whenRead(clock: Clock, isWanted: () => boolean, act: () => void): void {
  clock.nextTurn(() => {
    if (isWanted()) act();
  });
}
