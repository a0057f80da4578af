// What runs on every instance: discovery, and its part of the cache. The article's `Apothik.Application`.
import { cacheSpec } from '@trestle/cache';
import { discoverySpec } from '@trestle/cluster';
import { startSupervisor, type ApplicationOptions } from '@trestle/runtime';
import { cacheOptions, nodeList } from './cluster-config';

const topologies = { apothik_cluster_1: { strategy: 'static', config: { nodes: nodeList } } } as const;

export const apothik: ApplicationOptions = {
  name: 'apothik',
  start: (self) =>
    startSupervisor(self, {
      name: 'Apothik.Supervisor',
      strategy: 'oneForOne',
      children: [discoverySpec({ topologies, name: 'Apothik.ClusterSupervisor' }), cacheSpec(cacheOptions)],
    }),
};
