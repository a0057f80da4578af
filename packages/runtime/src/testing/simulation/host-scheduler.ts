import type { Runnable } from '../../process/scheduler';
import type { SeededRandom } from '../seeded-random';
import { ShuffledScheduler } from '../shuffled-scheduler';
import type { HostClock } from './host-clock';

/** The run queue of a simulated node: nobody has a turn while the node is paused. */
export class HostScheduler extends ShuffledScheduler {
  constructor(
    private readonly hostClock: HostClock,
    random: SeededRandom,
  ) {
    super(hostClock, random);
  }

  protected override give(runnable: Runnable): number {
    if (!this.hostClock.isPaused) return super.give(runnable);
    // Back to where it was; the next turn comes when the node goes on.
    this.queue.splice(this.next, 0, runnable);
    this.end += 1;
    this.left = 0;
    return 0;
  }
}
