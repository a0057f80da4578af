import * as fc from 'fast-check';
import {
  defineApplication,
  startAgent,
  startApplication,
  startDynamicSupervisor,
  startRegistry,
  startSupervisor,
  startTaskSupervisor,
  type Node,
  type Pid,
} from '@trestle/runtime';
import { startCache } from '@trestle/cache';
import { startDiscovery, startMembership, StaticStrategy, tokens } from '@trestle/cluster';
import { quiet, startCluster } from '../support/both-places';
import { logOf } from '../support/test-node';

/** What requests, casts and messages of Trestle's own are told apart by; not those that are meant to end or halt a server. */
const types = [
  ...[
    'apply',
    'get',
    'update',
    'getAndUpdate',
    'whichChildren',
    'startChild',
    'terminateChild',
    'restartChild',
  ],
  ...[
    'deleteChild',
    'getChildSpec',
    '$tryAgain',
    'load',
    'loadEnd',
    'leaseExpired',
    'put',
    'scan',
    'subscribe',
  ],
  ...[
    'getMany',
    'putMany',
    'increment',
    'compareAndSet',
    'cache:hello',
    'nodeup',
    'nodedown',
    'DOWN',
    'EXIT',
  ],
  ...['$replaceState', '$changeCode', '$install', '$remove', '$log', '$trace', '$statistics', '$getState'],
];
const fields = [
  ...[
    'type',
    'key',
    'keys',
    'value',
    'values',
    'fn',
    'args',
    'source',
    'module',
    'here',
    'spec',
    'id',
    'pid',
  ],
  ...[
    'lease',
    'leaseMs',
    'outcome',
    'from',
    'strategy',
    'members',
    'table',
    'support',
    'node',
    'ref',
    'reason',
  ],
  ...['flag', 'change', 'state', 'events', 'cursor', 'limit', 'by', 'failure', 'start', 'then', 'length'],
];
const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    NaN,
    -0,
    Infinity,
    '',
    '<x@y/1.1/1>',
    'constructor',
    'rendezvous',
  ),
  fc.integer(),
  fc.bigInt(),
  fc.string({ maxLength: 8 }),
  fc.uint8Array({ maxLength: 4 }),
  fc.date(),
  fc.constantFrom(...types),
);
const { term } = fc.letrec<{ term: unknown; record: object }>((tie) => ({
  term: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('term'), { maxLength: 4 }), tie('record')),
  record: fc
    .tuple(fc.constantFrom(...types), fc.dictionary(fc.constantFrom(...fields), tie('term'), { maxKeys: 5 }))
    .map(([type, rest]) => ({ type, ...rest })),
}));

/** Requests that are right but for one field. */
const nearMiss = fc
  .constantFrom<Record<string, unknown>>(
    { type: 'apply', module: 'Echo', fn: 'echo', args: [] },
    { type: 'apply', source: '() => 1', args: [] },
    { type: 'update', fn: { source: '() => 1' } },
    { type: 'startChild', spec: { id: 'child', start: 1, restart: 'permanent' } },
    { type: 'load', key: 'key', leaseMs: 10 },
    { type: 'loadEnd', key: 'key', lease: 1, outcome: { type: 'stored' } },
    { from: 'x@y', strategy: tokens().name, members: ['node@127.0.0.1'], table: '', support: 1 },
    { type: 'put', key: 'key', value: 1, ttlMs: 10 },
    { type: 'scan', cursor: 0, limit: 1, values: true },
    { type: 'subscribe', events: ['put'] },
  )
  .chain((right) =>
    fc
      .tuple(fc.constantFrom(...Object.keys(right)), term)
      .map(([field, wrong]) => ({ ...right, [field]: wrong })),
  );

/** Starts everything of Trestle's own that can have a name. @returns the processes of the node by their names */
async function startServers(node: Node): Promise<Map<string, Pid | undefined>> {
  const leaf = () => startSupervisor(node, { strategy: 'oneForOne', children: [] });
  const app = defineApplication({ name: 'app', start: leaf });
  await startApplication(node, app, { type: 'temporary' });
  node.expose('Echo', { echo: () => 'echo' });
  await startSupervisor(node, { name: 'sup', strategy: 'oneForOne', children: [] });
  await startDynamicSupervisor(node, { name: 'dynamic' });
  await startTaskSupervisor(node, { name: 'tasks' });
  await startAgent(node, () => 0, { name: 'agent' });
  await startRegistry(node, { name: 'registry', keys: 'unique' });
  await startMembership(node, { name: 'members', members: 'node', strategy: tokens() });
  await startCache(node, { name: 'Cache', members: 'node' });
  await startDiscovery(node, { topologies: { fixed: { strategy: StaticStrategy, config: { nodes: [] } } } });
  // What has no name can be reached as well, by whoever has heard of its pid.
  node.processes().forEach((pid, index) => {
    const taken = node.registered().some((name) => node.whereis(name) === pid);
    if (!taken) node.register(`unnamed ${String(index)}`, pid);
  });
  return whereabouts(node);
}

function crashesOf(node: Node): unknown[] {
  return logOf(node).filter(({ report }) => report?.type === 'crash');
}

function whereabouts(node: Node): Map<string, Pid | undefined> {
  return new Map(node.registered().map((name) => [name, node.whereis(name)]));
}

it('every server of Trestle lives on and goes on, whatever terms a peer calls, casts and sends to it', async () => {
  const cluster = await startCluster();
  const [node, peer] = [await cluster('node'), await cluster('peer')];
  await peer.connect(node.name);
  const before = await startServers(node);
  expect([...before.keys()]).toEqual(expect.arrayContaining(['rpc', 'registry', 'Cache', 'Cache.Loads']));
  await fc.assert(
    fc.asyncProperty(fc.oneof(term, nearMiss), async (hostile) => {
      const calls = [...before.keys()].map(async (name) => {
        const to = { name, node: node.name };
        peer.send(to, hostile);
        peer.cast<any>(to, hostile);
        await peer.call<any, any>(to, hostile, { timeoutMs: Infinity }).catch(() => undefined);
      });
      await Promise.all(calls);
      await quiet({ here: node, there: peer });
      expect(crashesOf(node)).toStrictEqual([]);
      expect(whereabouts(node)).toEqual(before);
    }),
    // A server that is hurt stays so: a smaller term would be tried on what is left of it.
    { numRuns: 300, endOnFailure: true },
  );
});
