import {
  Agent,
  agentSpec,
  AgentServer,
  childSpec,
  GenServer,
  localName,
  partitionName,
  Process,
  resizePartitions,
  startAgent,
  Application,
  defineApplication,
  startApplication,
  startDynamicSupervisor,
  startSupervisor,
  Supervisor,
  supervisorSpec,
  Task,
  type Call,
  type ChildInfo,
  type ChildSpecData,
  type Node,
  type PartitionName,
  type Pid,
  type Self,
} from '@trestle/runtime';
import { z } from 'zod';

class Plain extends GenServer<Call<{ type: 'get' }, number>> {}
class Limited extends GenServer<never, never, { limit: number }> {}
class Optional extends GenServer<never, never, { limit: number } | undefined> {}
class Counter extends Process<{ type: 'add'; n: number }> {}

export function specs(): void {
  childSpec(Plain);
  childSpec(Plain, { restart: 'transient', shutdownMs: 'brutalKill', significant: true, id: 'p' });
  childSpec(Limited, { args: { limit: 1 }, name: 'limited', shutdownMs: 0 });
  childSpec(Optional);
  childSpec(Optional, { args: { limit: 1 } });
  childSpec(Counter, { id: 'counter' });
  childSpec(AgentServer<number>, { args: () => 0 });
  childSpec({ id: 'own', start: (parent) => parent.spawnLink(() => undefined) });
  childSpec({ id: 'own', start: async (parent) => parent.startLink(Plain) });

  // @ts-expect-error the arguments are missing
  childSpec(Limited);
  // @ts-expect-error the arguments are missing among the options
  childSpec(Limited, { name: 'limited' });
  // @ts-expect-error the arguments are wrong
  childSpec(Limited, { args: { limit: 'one' } });
  // @ts-expect-error there is no such restart
  childSpec(Plain, { restart: 'always' });
  // @ts-expect-error there is no such option
  childSpec(Plain, { restarts: 3 });
  // @ts-expect-error a process takes no arguments
  childSpec(Counter, { args: 1 });
  // @ts-expect-error a class of something else
  childSpec(Date);
  // @ts-expect-error a start function returns a pid
  childSpec({ id: 'own', start: () => 'pid' });
  // @ts-expect-error a child has an id
  childSpec({ start: (parent: Self) => parent.spawnLink(() => undefined) });
}

export async function supervisors(node: Node, self: Self): Promise<void> {
  const children = [
    childSpec(Plain),
    supervisorSpec({ id: 'below', strategy: 'restForOne', shutdownMs: 10 }),
  ];
  const supervisor = await startSupervisor(node, { strategy: 'oneForOne', children });
  await startSupervisor(self, { strategy: 'oneForAll', intensity: { restarts: 1 }, name: 'app' });
  self.spawn<'stop' | Pid>(async (typed) => {
    await startSupervisor(typed, { strategy: 'oneForOne' });
    await startDynamicSupervisor(typed);
    await Task.await(
      typed,
      Task.async(typed, () => 1),
    );
  });
  const infos: ChildInfo[] = await Supervisor.whichChildren(self, supervisor);
  const pid: Pid | undefined = await Supervisor.startChild(node, supervisor, childSpec(Counter));
  await Supervisor.countChildren(node, localName<Supervisor>('app').on('b@127.0.0.1'));

  const kept: ChildSpecData = await Supervisor.getChildSpec(node, supervisor, 'plain');
  Supervisor.checkChildSpecs([childSpec(Plain)], 'anySignificant');
  await node.start(Supervisor, { args: { strategy: 'oneForOne', children: [childSpec(Plain)] } });
  const fewer: PartitionName<Plain> = await resizePartitions(node, partitionName<Plain>('parts', 4), 2);
  partitionName<Plain>('parts').of([self.pid, 7, { key: 'x' }]);

  // @ts-expect-error a spec as data starts nothing
  childSpec(kept);
  // @ts-expect-error there is no such auto shutdown
  Supervisor.checkChildSpecs([], 'sometimes');
  // @ts-expect-error how many there shall be
  await resizePartitions(node, fewer);
  // @ts-expect-error a function is no key
  fewer.of(() => 1);
  // @ts-expect-error a supervisor has a strategy, however it is started
  await node.start(Supervisor);
  // @ts-expect-error a strategy is chosen
  await startSupervisor(node, { children });
  // @ts-expect-error there is no such strategy
  await startSupervisor(node, { strategy: 'simpleOneForOne' });
  // @ts-expect-error children are specs, not classes
  await startSupervisor(node, { strategy: 'oneForOne', children: [Plain] });
  // @ts-expect-error a supervisor below another has an id
  supervisorSpec({ strategy: 'oneForOne' });
  // @ts-expect-error a supervisor is started on something
  await startSupervisor({ strategy: 'oneForOne' });
  // @ts-expect-error a server that is no supervisor has no children
  await Supervisor.whichChildren(node, localName<Plain>('plain'));
}

export async function agents(node: Node): Promise<void> {
  const agent = await startAgent(node, () => ({ count: 0 }));
  const count: number = await agent.get((state) => state.count);
  const later: number = await agent.get(async (state) => Promise.resolve(state.count));
  const before: string = await agent.getAndUpdate((state) => [String(state.count), { count: 1 }]);
  await agent.update((state) => ({ count: state.count + 1 }));
  agent.cast(() => ({ count: 0 }));
  agentSpec(() => 0, { id: 'count', name: 'count', restart: 'transient' });
  const named: number = await new Agent(node, localName<AgentServer<number>>('n')).get((n) => n);

  // @ts-expect-error the first value is made by a function
  agentSpec(0);
  // @ts-expect-error an option that there is not
  agentSpec(() => 0, { args: 0 });
  // @ts-expect-error a name of another kind of server
  new Agent<number>(node, localName<AgentServer<string>>('n'));
  // @ts-expect-error the new value is of another type
  await agent.update(() => 1);
  // @ts-expect-error the value has no such field
  await agent.get((state) => state.total);
  // @ts-expect-error what is asked for comes with the new value
  await agent.getAndUpdate((state) => state.count);
  // @ts-expect-error the type of what is asked for
  const text: string = await agent.get((state) => state.count);
}

export async function applications(node: Node): Promise<void> {
  const start = (self: Self) => startSupervisor(self, { strategy: 'oneForOne' });
  const application = await startApplication(node, { name: 'app', start, type: 'transient' });
  await application.stop();

  const shop = defineApplication({
    name: 'shop',
    env: z.object({ limit: z.number().default(5), host: z.string().optional() }),
    variables: { limit: 'SHOP_LIMIT' },
    dependencies: ['db', { name: 'log', start }],
    start: async (self, env) => ({ root: await start(self), state: { limit: env.limit } }),
    startPhases: [{ phase: 'go', run: (self, env) => self.send(self.pid, env.host) }],
    prepStop: (state) => ({ limit: state.limit + 1 }),
    stop: (state) => void Math.abs(state.limit),
  });
  const { env } = await startApplication(node, shop, { env: { limit: 5 }, type: 'temporary' });
  const limit: number = env.limit;
  const host: string | undefined = Application.getEnv(node, shop, 'host');
  const loose: unknown = Application.getEnv(node, 'shop', 'anything', limit);
  Application.putEnv(node, shop, 'limit', 5);
  const started: string[] = await Application.ensureAllStarted(node, [shop, 'db']);

  // @ts-expect-error a setting that the schema has not
  await startApplication(node, shop, { env: { limits: 5 } });
  // @ts-expect-error a setting that the schema has not
  Application.getEnv(node, shop, 'limits');
  // @ts-expect-error a value of another type
  Application.putEnv(node, shop, 'limit', 'many');
  // @ts-expect-error a variable for a setting that the schema has not
  defineApplication({ name: 'x', env: z.object({ a: z.string() }), variables: { b: 'B' }, start });
  // @ts-expect-error what start returns is no state
  defineApplication({ name: 'x', start: () => ({ state: 1 }) });
  // @ts-expect-error a type that there is not
  await startApplication(node, shop, { type: 'always' });
  // @ts-expect-error a schema is no object of values
  defineApplication({ name: 'x', env: { limit: 5 }, start });
  // @ts-expect-error an application is started on a node
  await startApplication('node', shop);
  // @ts-expect-error an application has a root
  await startApplication(node, { name: 'app' });
  // @ts-expect-error the root is a pid
  await startApplication(node, { name: 'app', start: () => undefined });
}
