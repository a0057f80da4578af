import { errorToData } from '../terms/exit-reason';
import type { LocalNode } from '../node/local-node';
import type { ExposedModules } from './exposed';
import { RpcServer, rpcServer } from './rpc-server';

/**
 * Starts the rpc server of a node, and starts it again whenever it ends: without it a node could not even be told to
 * stop from afar. OTP: `rex` is a permanent child of the kernel's supervisor.
 */
export async function serveRpc(local: LocalNode, modules: ExposedModules): Promise<void> {
  const pid = await local.node.start(RpcServer, { args: modules, name: rpcServer });
  local.rpcServer = local.table.get(pid);
  local.rpcServer?.onEnd(() => {
    if (local.hasStopped) return;
    serveRpc(local, modules).catch((error: unknown) => {
      const problem = 'rpc: the server did not start again';
      local.log.report('error', { type: 'nodeError', problem, error: errorToData(error) });
    });
  });
}
