// What runs on every instance: discovery, and its part of the cache. The article's `Apothik.Application`.
import { Cache, cacheSpec, type CacheOptions } from '@trestle/cache';
import { discoverySpec, membershipOf } from '@trestle/cluster';
import { startSupervisor, type ApplicationOptions, type Node } from '@trestle/runtime';
import { nodeList } from './cluster-config';

const topologies = { apothik_cluster_1: { strategy: 'static', config: { nodes: nodeList } } } as const;

export function apothikOf(cacheOptions: CacheOptions): ApplicationOptions {
  return {
    name: 'apothik',
    start: (self) => {
      exposeCluster(self.node, cacheOptions);
      return startSupervisor(self, {
        name: 'Apothik.Supervisor',
        strategy: 'oneForOne',
        children: [discoverySpec({ topologies, name: 'Apothik.ClusterSupervisor' }), cacheSpec(cacheOptions)],
      });
    },
  };
}

/** What an instance sees of the cluster, by rpc. */
export interface ClusterModule {
  /** The machines that hold entries. */
  members(): readonly string[];
  /** The tokens of each of them, as runs; `undefined` unless the routing is by tokens. */
  tokens(): string | undefined;
}

function exposeCluster(node: Node, options: CacheOptions): void {
  const cache = new Cache(node, options);
  const functions: ClusterModule = {
    members: () => cache.members(),
    tokens: () => membershipOf(node, `${options.name}.Members`).current().table,
  };
  node.expose('Cluster', { ...functions });
}
