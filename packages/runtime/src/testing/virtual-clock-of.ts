import type { Clock } from '../terms/clock';
import { HostClock } from './simulation/host-clock';
import { VirtualClock } from './virtual-clock';

/** The virtual clock behind the clock of a node, if there is one. */
export function virtualClockOf(clock: Clock): VirtualClock | undefined {
  if (clock instanceof VirtualClock) return clock;
  return clock instanceof HostClock ? clock.virtual : undefined;
}
