import type { Clock } from '../../terms/clock';
import type { Ref } from '../../terms/ref';
import type { Self } from '../../node/node';
import { OwnMessages } from '../gen-server/own-messages';
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
  private messages: OwnMessages | null = null;

  /** Stops and starts what a step of the machine asks for. */
  follow(self: Self, before: Statem, after: Statem): void {
    const { stop, start } = timerChanges(before, after);
    const messages = (this.messages ??= new OwnMessages(self));
    for (const timeout of stop) this.stop(messages, timeout);
    for (const timeout of start) this.start(messages, timeout, self.node.clock);
  }

  /** What a stopped timer has sent already finds its timeout gone. */
  private stop(messages: OwnMessages, { timer }: SetTimeout): void {
    const ref = this.running.get(timer);
    this.running.delete(timer);
    if (ref !== undefined) messages.cancel(ref);
  }

  private start(messages: OwnMessages, { timer, due, timeMs }: SetTimeout, clock: Clock): void {
    const delayMs = due === 'at' ? Math.max(0, timeMs - clock.now()) : timeMs;
    const message: TimerMessage = { type: '$statemTimer', timer };
    const ref = messages.sendAfter(message, delayMs);
    if (ref !== undefined) this.running.set(timer, ref);
  }
}
