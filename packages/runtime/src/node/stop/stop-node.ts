import { errorToData } from '../../terms/exit-reason';
import type { LocalNode } from '../local-node';

/**
 * Stops a node in order: what asked to be stopped first (applications, supervision trees; the last started first),
 * then every process that is left, then connections, and with them the last sockets and timers. To other nodes what is
 * left then is lost with the node, as in OTP: `'noconnection'`, not the `'killed'` of each process.
 */
export async function stopNode(local: LocalNode): Promise<void> {
  for (let hook = local.stopHooks.pop(); hook !== undefined; hook = local.stopHooks.pop()) {
    await runHook(local, hook);
  }
  local.hasStopped = true;
  local.distribution.leave();
  for (const process of [...local.table.all()]) process.end('killed');
  await runHook(local, () => local.distribution.stop());
  local.gen.numbers.failAll({ kind: 'nodedown', node: local.name, mayHaveLeft: true });
  local.timers.stop();
  local.timerQueue.stop();
  local.deadlines.stop();
  local.log.flush();
}

async function runHook(local: LocalNode, hook: () => Promise<void>): Promise<void> {
  try {
    await hook();
  } catch (error) {
    const problem = 'stopping the node: a part did not stop in order';
    local.log.report('error', { type: 'nodeError', problem, error: errorToData(error) });
  }
}
