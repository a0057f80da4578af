import {
  Agent,
  agentSpec,
  BadArgumentError,
  body,
  childSpec,
  localName,
  Process,
  startAgent,
  startTaskSupervisor,
  sys,
  Task,
  taskSpec,
  TaskSupervisor,
  timer,
  type AgentServer,
} from '@trestle/runtime';
import { partsOf, startTestNode } from '../../support/test-node';

function* generator(): Generator {
  yield 'never';
}
async function* asyncGenerator(): AsyncGenerator {
  yield await Promise.resolve('never');
}

class Worker {
  readonly work = 'never';
}

type Taker = (on: any, fn: any, node: any) => unknown;

const agent = localName<AgentServer<number>>('agent');
const tasks = localName<TaskSupervisor>('tasks');

/** Every verb that takes a function to execute, by the name that its error has. */
const takers: [call: string, take: Taker][] = [
  ['spawn', (on, fn) => on.spawn(fn)],
  ['spawnLink', (on, fn) => on.spawnLink(fn)],
  ['spawnMonitor', (on, fn) => on.spawnMonitor(fn)],
  ['spawnOn', (on, fn, node) => on.spawnOn(node.name, fn)],
  ['spawnOn', (on, fn) => on.spawnOn('other@127.0.0.1', fn)],
  ['spawnLinkOn', (on, fn, node) => on.spawnLinkOn(node.name, fn)],
  ['spawnMonitorOn', (on, fn, node) => on.spawnMonitorOn(node.name, fn)],
  ['spawnRequest', (on, fn, node) => on.spawnRequest(node.name, fn)],
  ['rpc.call', (_on, fn, node) => node.rpc.call(node.name, fn)],
  ['rpc.multicall', (_on, fn, node) => node.rpc.multicall([], fn)],
  ['rpc.cast', (_on, fn, node) => node.rpc.cast(node.name, fn)],
  ['rpc.sendRequest', (on, fn, node) => node.rpc.sendRequest(on, node.name, fn)],
  ["expose 'M'", (_on, fn, node) => node.expose('M', { fn })],
  ['body', (_on, fn) => body(fn)],
  ['timer.applyAfter', (on, fn) => timer.applyAfter(on, fn, 1)],
  ['timer.applyInterval', (on, fn) => timer.applyInterval(on, fn, 1)],
  ['Task.async', (on, fn) => Task.async(on, fn)],
  ['Task.asyncStream', (on, fn) => Task.asyncStream(on, [1], fn).next()],
  ['taskSpec', (_on, fn) => taskSpec(fn)],
  ['TaskSupervisor.async', (on, fn) => TaskSupervisor.async(on, tasks, fn)],
  ['TaskSupervisor.startChild', (on, fn) => TaskSupervisor.startChild(on, tasks, fn)],
  ['startAgent', (on, fn) => startAgent(on, fn)],
  ['agentSpec', (_on, fn) => agentSpec(fn)],
  ['agent.get', (on, fn) => new Agent(on, agent).get(fn)],
  ['agent.update', (on, fn) => new Agent(on, agent).update(fn)],
  ['agent.getAndUpdate', (on, fn) => new Agent(on, agent).getAndUpdate(fn)],
  ['agent.cast', (on, fn) => new Agent(on, agent).cast(fn)],
  ['replaceState', (on, fn) => sys.replaceState(on, agent, fn)],
  ['childSpec', (_on, fn) => childSpec({ id: 'a', start: fn })],
  ['receive', (on, fn) => on.receive('x', { where: fn, afterMs: 0 })],
];

describe.each([
  ['generator', 'GeneratorFunction: generator', generator],
  ['generator', 'GeneratorFunction: asyncGenerator', asyncGenerator],
  ['class', 'Worker', Worker],
])('a %s as what is to be executed, %s', (kind, shown, fn) => {
  it.each(takers)('is refused by name by %s: it would do nothing', async (call, take) => {
    const node = await startTestNode();
    await startAgent(node, () => 0, { name: agent });
    await startTaskSupervisor(node, { name: tasks });
    const before = node.processes().length;
    const refused = new Promise((resolve) => {
      node.spawn<{ type: 'never' }>(async (self) => {
        // Of what throws at once, and of what rejects, the same.
        resolve(await (async () => take(self, fn, node))().catch((error: unknown) => error));
        await self.receive('never');
      });
    });
    const error = (await refused) as Error;
    expect(error).toBeInstanceOf(BadArgumentError);
    expect(error.message).toMatch(
      new RegExp(
        `^${call.replace(/[.']/g, '\\$&')}: expected .*a function that is no ${kind}, got .*${shown}`,
      ),
    );
    expect(node.processes()).toHaveLength(before + 1);
  });
});

it('a class whose run is a generator is refused, too', async () => {
  const node = await startTestNode();
  class Counts extends Process {
    override *run(): Generator {
      yield 1;
    }
  }
  expect(() => node.start(Counts)).toThrow('start Counts: run(): expected a function that is no generator');
});

it('a function* of another node is refused where it arrives: whoever sends it may be another implementation', async () => {
  const node = await startTestNode({ acceptFunctions: true });
  const take = (source: string) => partsOf(node).foreignFunctions.take('spawnOn', source);
  expect(() => take('function* () { yield 1; }')).toThrow(
    'spawnOn: expected the source of a function that is no generator',
  );
  expect(take('() => 1')()).toBe(1);
});
