import type { ExitReason } from '../../terms/exit-reason';
import type { Pid } from '../../terms/pid';
import type { Self } from '../../node/node';

/**
 * Ends a process as a supervisor does: by the exit signal `'shutdown'`, and by `'kill'` if it has not ended in time.
 * A process of its own watches by a monitor, so that the end is seen whatever was unlinked, while the messages of
 * `parent` stay where they are.
 * @param shutdownMs milliseconds, or `'brutalKill'` to kill at once
 * @returns why it ended; `'noproc'` if it had ended before
 */
export function shutdownProcess(
  parent: Pick<Self, 'node' | 'exitSignal'>,
  pid: Pid,
  shutdownMs: number | 'brutalKill',
): Promise<ExitReason> {
  return new Promise((resolve) => {
    parent.node.spawn(async (self) => {
      const ref = self.monitor(pid);
      const where = (down: { readonly ref: unknown }): boolean => down.ref === ref;
      if (shutdownMs !== 'brutalKill') {
        parent.exitSignal(pid, 'shutdown');
        const down = await self.receive('DOWN', { where, afterMs: shutdownMs });
        if (down !== undefined) {
          resolve(down.reason);
          return;
        }
      }
      parent.exitSignal(pid, 'kill');
      resolve((await self.receive('DOWN', { where })).reason);
    });
  });
}
