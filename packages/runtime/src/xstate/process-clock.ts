import type { Ref } from '../terms/ref';
import type { OwnMessages } from '../behaviours/gen-server/own-messages';

/** What a timer of a machine sends to its process. */
interface TimerMessage {
  readonly type: '$machineTimer';
  readonly timer: number;
}

/**
 * The clock of a machine that runs as a process: the node's time, virtual under test. What is due arrives as a message,
 * so that it has its turn behind what came before, and waits while the process is suspended.
 */
export class ProcessClock {
  private readonly running = new Map<number, { readonly ref: Ref; readonly callback: () => void }>();
  private count = 0;

  constructor(private readonly messages: OwnMessages) {}

  setTimeout(callback: () => void, delayMs: number): number {
    const timer = (this.count += 1);
    const message: TimerMessage = { type: '$machineTimer', timer };
    const ref = this.messages.sendAfter(message, Math.max(0, delayMs));
    if (ref !== undefined) this.running.set(timer, { ref, callback });
    return timer;
  }

  clearTimeout(timer: number): void {
    const running = this.running.get(timer);
    this.running.delete(timer);
    if (running !== undefined) this.messages.cancel(running.ref);
  }

  /**
   * Does what a message says is due, unless that was cleared meanwhile.
   * @returns whether the message is one of a timer
   */
  receive(message: unknown): boolean {
    const { type, timer } = (message ?? {}) as Partial<TimerMessage>;
    if (type !== '$machineTimer' || timer === undefined) return false;
    const running = this.running.get(timer);
    this.running.delete(timer);
    running?.callback();
    return true;
  }
}
