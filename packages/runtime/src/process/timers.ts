import type { Clock } from '../terms/clock';
import type { Ref } from '../terms/ref';
import { LongTimer } from './long-timer';

/** The process a timer is for. */
export interface TimerReceiver {
  onEnd(listener: () => void): void;
  offEnd(listener: () => void): void;
}

interface RunningTimer {
  readonly timer: LongTimer;
  readonly receiver: TimerReceiver | null;
  readonly receiverEnded: () => void;
}

/** The running timers of a node, by reference. As in OTP a timer is gone when the process it is for has ended. */
export class Timers {
  private readonly running = new Map<Ref, RunningTimer>();

  constructor(private readonly clock: Clock) {}

  /** Runs `callback` once, `delayMs` from now; never if that is `Infinity`, or if `receiver` ends before. */
  start(ref: Ref, delayMs: number, callback: () => void, receiver: TimerReceiver | null = null): void {
    const timer = new LongTimer(this.clock, delayMs, () => {
      this.take(ref);
      callback();
    });
    const receiverEnded = (): void => void this.cancel(ref);
    this.running.set(ref, { timer, receiver, receiverEnded });
    receiver?.onEnd(receiverEnded);
  }

  /** @returns the milliseconds that were left, or `undefined` if it has fired, was cancelled or never was */
  cancel(ref: Ref): number | undefined {
    const timer = this.take(ref);
    timer?.cancel();
    return timer?.leftMs;
  }

  /** How many timers run. For inspection. */
  get size(): number {
    return this.running.size;
  }

  /** Cancels every timer. */
  stop(): void {
    for (const ref of this.running.keys()) this.cancel(ref);
  }

  private take(ref: Ref): LongTimer | undefined {
    const running = this.running.get(ref);
    if (running === undefined) return undefined;
    this.running.delete(ref);
    running.receiver?.offEnd(running.receiverEnded);
    return running.timer;
  }
}
