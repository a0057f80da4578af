// The supervision tree. The article's `SimpleCluster.Application`, in both of its forms: nodes that a config file makes
// wait for each other, and nodes that discovery finds.
import { discoverySpec } from '@trestle/cluster';
import { childSpec, startApplication, startSupervisor, type Node } from '@trestle/runtime';
import { Observer } from './observer';
import { Ping, ping, PING } from './ping';

const topologies = {
  example: { strategy: 'static', config: { nodes: ['n1@127.0.0.1', 'n2@127.0.0.1'] } },
} as const;

/** @param discovers whether the nodes find each other, or have been connected at boot */
export async function startSimpleCluster(node: Node, discovers: boolean): Promise<void> {
  const children = [childSpec(Observer), childSpec(Ping, { name: PING })];
  if (discovers) children.unshift(discoverySpec({ topologies, name: 'SimpleCluster.ClusterSupervisor' }));
  node.expose('SimpleCluster.Ping', { ping: () => ping(node) });
  await startApplication(node, {
    name: 'simple_cluster',
    start: (self) =>
      startSupervisor(self, { strategy: 'oneForOne', children, name: 'SimpleCluster.Supervisor' }),
    // `trestle` stops the node on Ctrl-C, and the application with it.
    handleSignals: false,
  });
}
