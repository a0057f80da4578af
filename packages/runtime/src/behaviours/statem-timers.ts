import type { Ref } from '../terms/ref';
import type { Self } from '../node/node';
import { timerChanges, type SetTimeout, type Statem } from './statem-step';

/** What a timer of a state machine sends it. */
interface TimerMessage {
  readonly type: '$statemTimer';
  readonly timer: number;
}

/** The timer that sent a message, if one did. */
export function timerOf(message: unknown): number | undefined {
  const { type, timer } = (message ?? {}) as Partial<TimerMessage>;
  return type === '$statemTimer' ? timer : undefined;
}

/** The timers of a state machine. As all timers of a process they are gone when it has ended. */
export class StatemTimers {
  private readonly running = new Map<number, Ref>();

  /** Stops and starts what a step of the machine asks for. */
  follow(self: Self, before: Statem, after: Statem): void {
    const { stop, start } = timerChanges(before, after);
    for (const timeout of stop) this.stop(self, timeout);
    for (const timeout of start) this.start(self, timeout);
  }

  /** What a stopped timer has sent already finds its timeout gone. */
  private stop(self: Self, { timer }: SetTimeout): void {
    const ref = this.running.get(timer);
    this.running.delete(timer);
    if (ref !== undefined) self.cancelTimer(ref);
  }

  private start(self: Self, { timer, due, timeMs }: SetTimeout): void {
    const delayMs = due === 'at' ? Math.max(0, timeMs - self.node.clock.now()) : timeMs;
    const message: TimerMessage = { type: '$statemTimer', timer };
    this.running.set(timer, self.sendAfter(self.pid, message, delayMs));
  }
}
