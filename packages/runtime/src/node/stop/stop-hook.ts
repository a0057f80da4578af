import type { Pid } from '../../terms/pid';
import type { LocalNode } from '../local-node';

/**
 * Has a node stop a part in order before it ends processes. The node forgets it once the process of the part has
 * ended, or has not started at all.
 * @param started the process of the part, on its way up
 * @param stop stops it; not called before `started` has settled
 */
export function stopWithNode(
  local: LocalNode,
  started: Promise<Pid>,
  stop: (pid: Pid) => Promise<void>,
): void {
  const hook = async (): Promise<void> => {
    const pid = await started.catch(() => undefined);
    if (pid !== undefined && local.table.get(pid) !== undefined) await stop(pid);
  };
  const forget = (): void => {
    const index = local.stopHooks.indexOf(hook);
    if (index !== -1) local.stopHooks.splice(index, 1);
  };
  local.stopHooks.push(hook);
  started.then((pid) => {
    const process = local.table.get(pid);
    if (process === undefined) forget();
    else process.onEnd(forget);
  }, forget);
}
