import type { ExitReason } from '../../terms/exit-reason';
import type { Down } from '../../terms/message';
import type { Pid } from '../../terms/pid';
import type { Self } from '../../node/node';

/** A process to be ended, and the milliseconds it has for it. */
export interface ShutdownTime {
  readonly pid: Pid;
  readonly shutdownMs: number | 'brutalKill';
}

/** The time of some of the processes is over. */
interface TimeOver {
  readonly type: 'timeOver';
  readonly pids: readonly Pid[];
}

/**
 * Ends processes as `shutdownProcess` does, all at once: they may be many, so that one process watches them all, with
 * one timer for each time that some of them have.
 * @param ended hears of each end, and why; `'noproc'` if the process had ended before
 * @returns when all have ended
 */
export function shutdownProcesses(
  parent: Pick<Self, 'node' | 'exitSignal'>,
  times: readonly ShutdownTime[],
  ended: (pid: Pid, reason: ExitReason) => void,
): Promise<void> {
  return new Promise((resolve) => {
    parent.node.spawn<TimeOver>(async (self) => {
      const living = new Set(times.map(({ pid }) => pid));
      for (const pid of living) self.monitor(pid);
      const kill = (pid: Pid): void => {
        if (living.has(pid)) parent.exitSignal(pid, 'kill');
      };
      for (const [shutdownMs, pids] of byTime(times)) {
        if (shutdownMs === 'brutalKill') pids.forEach(kill);
        else {
          self.sendAfter(self.pid, { type: 'timeOver', pids } satisfies TimeOver, shutdownMs);
          for (const pid of pids) parent.exitSignal(pid, 'shutdown');
        }
      }
      while (living.size > 0) {
        const message = (await self.receive()) as Down | TimeOver;
        if (message.type === 'timeOver') message.pids.forEach(kill);
        else if (living.delete(message.pid as Pid)) ended(message.pid as Pid, message.reason);
      }
      resolve();
    });
  });
}

function byTime(times: readonly ShutdownTime[]): Map<number | 'brutalKill', Pid[]> {
  const groups = new Map<number | 'brutalKill', Pid[]>();
  for (const { pid, shutdownMs } of times) {
    const group = groups.get(shutdownMs);
    if (group === undefined) groups.set(shutdownMs, [pid]);
    else group.push(pid);
  }
  return groups;
}
