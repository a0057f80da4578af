import type { Node } from '../node/node';
import { RunningNode } from '../node/running-node';
import { systemClock } from '../node/system/system-clock';
import { virtualClockOf } from './virtual-clock-of';

/**
 * Waits, without letting virtual time go by, until the processes of the given nodes have done all they can do now: no
 * process is ready, and no promise that could be settled is not. What comes from sockets and real timers is not waited for.
 */
export async function settle(...nodes: readonly Node[]): Promise<void> {
  const parts = nodes.map((node) => RunningNode.partsOf('settle', node));
  if (parts.length === 0) await turn();
  do {
    await Promise.all(parts.map(({ clock }) => virtualClockOf(clock)?.settle() ?? turn()));
  } while (parts.some(({ scheduler }) => !scheduler.isIdle));
}

/** Lets the event loop have a turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    systemClock.nextTurn(resolve);
  });
}
