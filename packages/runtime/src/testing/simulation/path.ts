import type { SeededRandom } from '../seeded-random';
import { Gate } from './gate';
import { drawLatency, type Latency } from './latency';

/** The way from one node to another. The way back is another one, and may be open when this is not. */
export class Path {
  /** Shut while nothing gets through. */
  readonly gate = new Gate();

  constructor(
    readonly id: number,
    public latency: Latency,
    readonly random: SeededRandom,
  ) {}

  drawLatency(): number {
    return drawLatency(this.latency, this.random);
  }
}
