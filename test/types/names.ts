import {
  abcast,
  childSpec,
  GenServer,
  localName,
  multiCall,
  Registry,
  startAgent,
  startRegistry,
  sys,
  type Via,
  via,
  type Call,
  type NameService,
  type Node,
  type Pid,
  type RegistryEntry,
  type RegistryServer,
  type Self,
  type ServerStatus,
  type Statistics,
} from '@trestle/runtime';

type PlayerCall = Call<{ type: 'score' }, number> | Call<{ type: 'name' }, string>;
class Player extends GenServer<PlayerCall, { type: 'add'; n: number }> {
  override formatStatus(status: ServerStatus): ServerStatus {
    return { ...status, state: 'a player' };
  }
}
const players = localName<Player>('players');

export async function registries(node: Node, self: Self): Promise<void> {
  const registry = await startRegistry<string, { team: string }>(node, { name: 'players', keys: 'unique' });
  registry.register(self, 'alice', { team: 'red' });
  const entries: readonly RegistryEntry<string, { team: string }>[] = registry.lookup('alice');
  const team: string | undefined = registry.updateValue(self, 'alice', (value) => value)?.before.team;
  registry.match('alice', (value) => value.team === team);
  const keys: string[] = registry.keys(self.pid);

  const plain = await startRegistry<string>(node, { name: 'plain', keys: 'unique' });
  plain.register(self, 'alice');
  const nothing = await startRegistry<string, undefined>(node, { name: 'nothing', keys: 'unique' });
  nothing.register(self, 'alice');

  const name = localName<RegistryServer<string, number>>('numbers');
  const numbers = await startRegistry(node, { name, keys: 'duplicate', partitions: 2, listeners: ['l'] });
  const sum: number = numbers
    .lookup('x')
    .reduce((total, { value }) => total + value, entries.length + keys.length);
  new Registry(self, name).register(self, 'x', sum);

  const locked: number = await registry.lock(self, 'alice', async () => Promise.resolve(sum));
  await registry.lock(node, locked, () => undefined);

  // @ts-expect-error what is done under a lock is a function
  await registry.lock(self, 'alice', sum);
  // @ts-expect-error a lock is somebody's
  await registry.lock('alice', () => sum);
  // @ts-expect-error a value goes with each key
  registry.register(self, 'alice');
  // @ts-expect-error the value is of another type
  registry.register(self, 'alice', { team: 1 });
  // @ts-expect-error the key is of another type
  registry.lookup(1);
  // @ts-expect-error self is passed, not found
  registry.register('alice', { team: 'red' });
  // @ts-expect-error a node has no keys
  registry.register(node, 'alice', { team: 'red' });
  // @ts-expect-error what is found is not to be changed
  registry.lookup('alice').pop();
  // @ts-expect-error keys are unique or duplicate
  await startRegistry(node, { name: 'r', keys: 'bag' });
  // @ts-expect-error a registry has a name
  await startRegistry(node, { keys: 'unique' });
}

export async function viaNames(node: Node, self: Self, registry: Registry<string>): Promise<void> {
  const alice = via<Player>(registry, 'alice');
  const bob: Via<Player> = via(registry, 'bob');
  await node.start(Player, { name: alice });
  const score: number = await self.call(alice, { type: 'score' });
  const name: string = await self.call(bob, { type: 'name' });
  self.cast(via<Player>('players', 'alice'), { type: 'add', n: score });
  self.send(alice, name);
  self.monitor(alice);
  const pid: Pid | undefined = node.whereis(alice);
  childSpec(Player, { name: alice });
  await startAgent(node, () => 0, { name: via('players', 'counter') });
  const service: NameService<number> = {
    name: 'own',
    registerName: (_key, owner) => owner,
    unregisterName: () => undefined,
    whereisName: () => pid,
  };
  const one: Via<Player> = via(service, 1);

  // @ts-expect-error an unknown request
  await self.call(alice, { type: 'scores' });
  // @ts-expect-error a key of another type
  const two: Via<Player> = via(service, 'two');
  // @ts-expect-error no name service
  via<Player>(5, one);
  // @ts-expect-error a name that is not typed needs a cast that review sees
  await self.call(via('players', 'alice'), { type: 'score' });
}

export async function several(node: Node): Promise<void> {
  const { replies, badNodes } = await multiCall(node, node.list(), players, { type: 'score' });
  const total: number = replies.reduce((sum, { reply }) => sum + reply, badNodes.length);
  abcast(node, node.list(), players, { type: 'add', n: total });

  // @ts-expect-error an unknown request
  await multiCall(node, node.list(), players, { type: 'scores' });
  // @ts-expect-error an unknown cast
  abcast(node, node.list(), players, { type: 'sub', n: 1 });
}

export async function system(node: Node, self: Self): Promise<void> {
  const state: unknown = await sys.getState(node, players);
  await sys.replaceState(self, players, (old: { score: number }) => ({ ...old, score: 0, state }));
  await sys.suspend(node, players.on('b@127.0.0.1'), { timeoutMs: 10 });
  await sys.resume(node, players);
  const counted: Statistics | undefined = await sys.statistics(node, players, 'get');
  const none: undefined = await sys.statistics(node, players, true);
  await sys.trace(node, players, true);
  const status: 'running' | 'suspended' = (await sys.getStatus(node, players)).status;

  // @ts-expect-error true, false or 'get'
  await sys.statistics(node, players, 'got');
  // @ts-expect-error an untyped name needs a cast that review sees
  await sys.getState(node, 'players');
  // @ts-expect-error the state is for the function to type
  await sys.replaceState(node, players, (old) => old.score);
  return [counted, none, status] as never;
}
