// What every part of the example knows of the cluster. The article's `Apothik.Cluster`.
import type { CacheOptions, RoutingName } from '@trestle/cache';
import type { NodeName } from '@trestle/runtime';

export const instanceCount = 5;

export function nodeName(i: number): NodeName {
  return `apothik_${String(i)}@127.0.0.1`;
}

export const instanceNumbers = Array.from({ length: instanceCount }, (_, index) => index + 1);
export const nodeList = instanceNumbers.map(nodeName);
export const masterName = 'master@127.0.0.1';

/** A part of the series: fixed machines; machines that come and go; three copies of each entry. */
export type Phase = '1' | '2' | '3';
const phases: readonly string[] = ['1', '2', '3'] satisfies Phase[];
const routings: readonly string[] = ['modulo', 'tokens', 'ring', 'rendezvous'] satisfies RoutingName[];

/** What is said on a command line of the cluster: the phase, and how keys are spread over machines that come and go. */
export function cacheOptionsOf([phase = '1', routing = 'modulo']: readonly string[]): CacheOptions {
  if (!phases.includes(phase) || !routings.includes(routing)) {
    throw new Error(
      `which phase (1, 2 or 3), and which routing (${routings.join(', ')})? For example: 2 tokens`,
    );
  }
  // A GenServer named `Cache` on each node; rpc finds it as the module `Cache` on every one.
  if (phase === '1') return { name: 'Cache', nodes: nodeList };
  const members = { name: 'Cache', members: 'apothik_', routing: routing as RoutingName } as const;
  // As in the article, nothing follows its owner in phase 2: what a machine holds for others stays, and is lost to them.
  return phase === '2' ? { ...members, handoff: false } : { ...members, copies: 3 };
}
