import type { Clock } from '../terms/clock';
import { Scheduler, type Runnable } from '../process/scheduler';
import type { SeededRandom } from './seeded-random';

/** The longest turn, in messages. */
const longestTurn = 8;
/**
 * How often a process that takes a message in the middle of its turn must queue for it, how often the promises that a
 * process has settled come before the next process, and how often an idle server handles a call at once.
 */
const interruption = 0.25;

/**
 * A run queue whose order is drawn from a seed: any process that is ready may be next, for any number of messages.
 * Every order it makes is one that a program must bear; messages from one process to another keep theirs.
 */
export class ShuffledScheduler extends Scheduler {
  constructor(
    clock: Clock,
    private readonly random: SeededRandom,
  ) {
    super(clock);
  }

  /** A new process is one of those that are ready. */
  override begin(runnable: Runnable): void {
    this.enqueue(runnable);
  }

  /** Changes places with one that waits, so that after any number of arrivals every order is equally likely. */
  override enqueue(runnable: Runnable): void {
    super.enqueue(runnable);
    const { queue, next, end } = this;
    const place = next + this.random.below(end - next);
    queue[end - 1] = queue[place] as Runnable;
    queue[place] = runnable;
  }

  override spend(who?: Runnable): boolean {
    return super.spend(who) && !this.random.chance(interruption);
  }

  protected override mayEnter(): boolean {
    return this.random.chance(interruption);
  }

  protected override give(runnable: Runnable): number {
    const handled = runnable.run(1 + this.random.below(longestTurn));
    if (this.random.chance(interruption)) this.left = 0;
    return handled;
  }
}
