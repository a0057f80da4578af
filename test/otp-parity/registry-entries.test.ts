import {
  BadArgumentError,
  GenServer,
  localName,
  NameTakenError,
  registrySpec,
  startAgent,
  startRegistry,
  startSupervisor,
  via,
  type Node,
  Registry,
  type RegistryServer,
} from '@trestle/runtime';
import { inBothPlaces, puppet, quiet, type Puppet } from '../support/both-places';
import { inProcess, settle, startTestNode, watch } from '../support/test-node';

/* What Elixir's Registry promises of entries, links, listeners and dispatch, beyond the plain use of each function. */

let node: Node;
let a: Puppet;
let b: Puppet;

beforeEach(async () => {
  node = await startTestNode();
  [a, b] = [await puppet(node), await puppet(node)];
});

const unique = (listeners: string[] = []): Promise<Registry<unknown, any>> =>
  startRegistry<unknown, any>(node, { name: 'unique', keys: 'unique', listeners });
const duplicate = (listeners: string[] = []): Promise<Registry<unknown, any>> =>
  startRegistry<unknown, any>(node, { name: 'duplicate', keys: 'duplicate', listeners });

describe('a key', () => {
  it('of a process that ends is free before anybody hears of it, on whatever node', async () => {
    const registry = await unique();
    registry.register(a.self, 'key', 1);
    const heir = inProcess(node, async (self) => {
      self.monitor(a.pid);
      await self.receive('DOWN');
      registry.register(self, 'key', 2);
      return registry.lookup('key')[0]?.pid === self.pid;
    });
    await settle();
    node.exitSignal(a.pid, 'kill');
    expect(await heir).toBe(true);
  });

  inBothPlaces('is gone when another process is told of the end of its own', async (places) => {
    const { here, there } = places;
    const registry = await startRegistry<string, number>(there, { name: 'r', keys: 'duplicate' });
    const owner = await puppet(there);
    for (const n of [1, 2, 3]) registry.register(owner.self, 'key', n);
    const seen = inProcess(here, async (self) => {
      self.trapExit(true);
      self.link(owner.pid);
      self.send(owner.pid, 'linked');
      await self.receive('EXIT');
      return registry.count();
    });
    await quiet(places);
    there.exitSignal(owner.pid, 'gone');
    expect(await seen).toBe(0);
  });

  it('can be registered again at once when it was given up', async () => {
    const registry = await unique();
    for (const { self } of [a, b, a]) {
      registry.register(self, 'key', 0);
      registry.unregister(self, 'key');
    }
    expect(registry.count()).toBe(0);
  });

  it.each([
    ['NaN', NaN, NaN, true],
    ['0 and -0', 0, -0, true],
    ['a string and a number', '1', 1, false],
    ['undefined', undefined, undefined, true],
    ['null and undefined', null, undefined, false],
    ['objects that look alike', {}, {}, false],
  ])('is the same as a Map has it: %s', async (_what, one, other, same) => {
    const registry = await unique();
    registry.register(a.self, one, 'first');
    expect(registry.lookup(other).length).toBe(same ? 1 : 0);
    expect(registry.values(other, a.pid)).toEqual(same ? ['first'] : []);
    registry.unregister(a.self, other);
    expect(registry.count()).toBe(same ? 0 : 1);
  });

  it('that was taken away by its process names the next owner to the one after', async () => {
    const registry = await unique();
    registry.register(a.self, 'key', 1);
    registry.unregister(a.self, 'key');
    registry.register(b.self, 'key', 2);
    const again = (): void => {
      registry.register(a.self, 'key', 3);
    };
    expect(again).toThrow(NameTakenError);
    try {
      again();
    } catch (error) {
      expect((error as NameTakenError).pid).toBe(b.pid);
    }
  });
});

describe('duplicate entries', () => {
  it('of one process under one key come and go one by one, in order', async () => {
    const registry = await duplicate();
    for (const value of [1, 2, 1]) registry.register(a.self, 'key', value);
    registry.register(b.self, 'key', 4);
    expect(registry.lookup('key').map(({ value }) => value)).toEqual([1, 2, 1, 4]);
    expect([registry.keys(a.pid), registry.values('key', a.pid)]).toEqual([
      ['key', 'key', 'key'],
      [1, 2, 1],
    ]);
    registry.unregisterMatch(a.self, 'key', (value) => value === 1);
    expect(registry.lookup('key').map(({ value }) => value)).toEqual([2, 4]);
    expect(registry.count()).toBe(2);
  });

  it('of many processes are given up without a look at those of the others', async () => {
    const registry = await duplicate();
    const others = await Promise.all(Array.from({ length: 50 }, () => puppet(node)));
    for (const { self } of others) registry.register(self, 'topic', 0);
    registry.register(a.self, 'topic', 1);
    const looks: unknown[] = [];
    const table = (registry as any).running();
    const { lookup } = table.entries;
    table.entries.lookup = (key: unknown) => (looks.push(key), lookup.call(table.entries, key));
    registry.unregister(a.self, 'topic');
    expect(registry.values('topic', others[0]!.pid)).toEqual([0]);
    expect(looks).toStrictEqual([]);
  });

  it('may be counted and selected by their keys, values and processes', async () => {
    const registry = await duplicate();
    registry.register(a.self, 'x', 1);
    registry.register(a.self, 'y', 2);
    registry.register(b.self, 'x', 3);
    expect(registry.select(({ pid }) => pid === a.pid).map(({ key }) => key)).toEqual(['x', 'y']);
    expect(registry.countSelect(({ key, value }) => key === 'x' && value > 1)).toBe(1);
    expect(registry.countMatch('x', (value) => value > 0)).toBe(2);
    expect(registry.match('z', () => true)).toStrictEqual([]);
  });
});

describe('updateValue', () => {
  it('whose function throws changes nothing', async () => {
    const registry = await unique();
    registry.register(a.self, 'key', 1);
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => registry.updateValue(a.self, 'key', fail)).toThrow('no');
    expect(registry.lookup('key')).toMatchObject([{ value: 1 }]);
  });

  it('whose function gives the key up has nothing to update', async () => {
    const registry = await unique();
    registry.register(a.self, 'key', 1);
    const giveUp = (value: number): number => (registry.unregister(a.self, 'key'), value + 1);
    expect(registry.updateValue(a.self, 'key', giveUp)).toBeUndefined();
    expect([registry.count(), registry.keys(a.pid)]).toEqual([0, []]);
  });

  it('is told to no listener, and keeps the place among the keys of the process', async () => {
    node.register('listener', b.pid);
    const registry = await unique(['listener']);
    registry.register(a.self, 'key', 1);
    registry.updateValue(a.self, 'key', (value: number) => value + 1);
    await settle();
    expect(b.inbox.map(({ type }) => type)).toEqual(['register']);
    expect([registry.values('key', a.pid), registry.keys(a.pid)]).toEqual([[2], ['key']]);
  });

  it('reaches the value that a via name brought along', async () => {
    const registry = await unique();
    const agent = await startAgent(node, () => 0, { name: via(registry, 'key', 'first') });
    const pid = node.whereis(via(registry, 'key'))!;
    expect(registry.values('key', pid)).toEqual(['first']);
    expect(registry.updateValue(a.self, 'key', () => 'mine')).toBeUndefined();
    await agent.stop();
    expect(registry.count()).toBe(0);
  });
});

describe('the link between a registry and those who have keys', () => {
  it('is felt as an exit by those who trap exits, when the registry is killed', async () => {
    const trapping = await puppet(node, true);
    const registry = await unique();
    const { pid } = registry;
    registry.register(trapping.self, 'key', 1);
    node.exitSignal(pid!, 'kill');
    await settle();
    expect(trapping.inbox).toEqual([{ type: 'EXIT', from: pid, reason: 'killed' }]);
  });

  it('may be taken away by them: their keys are cleaned up all the same', async () => {
    const registry = await unique();
    registry.register(a.self, 'key', 1);
    a.self.unlink(registry.pid!);
    node.exitSignal(a.pid, 'kill');
    expect(registry.lookup('key')).toStrictEqual([]);
  });

  it('stays when the last key goes, if they had made it themselves', async () => {
    const registry = await unique();
    a.self.link(registry.pid!);
    registry.register(a.self, 'key', 1);
    registry.unregister(a.self, 'key');
    const end = await watch(node, a.pid);
    node.exitSignal(registry.pid!, 'kill');
    expect(await end.reason).toBe('killed');
  });

  it('is gone with the last key: the end of the registry is nothing to them', async () => {
    const registry = await unique();
    registry.register(a.self, 'x', 1);
    registry.register(a.self, 'y', 1);
    registry.unregister(a.self, 'x');
    registry.unregister(a.self, 'y');
    node.exitSignal(registry.pid!, 'kill');
    await settle();
    expect(node.isAlive(a.pid)).toBe(true);
  });

  it('is not made by a registration that fails', async () => {
    const registry = await unique();
    registry.register(a.self, 'key', 1);
    expect(() => {
      registry.register(b.self, 'key', 2);
    }).toThrow(NameTakenError);
    node.exitSignal(registry.pid!, 'kill');
    await settle();
    expect([node.isAlive(a.pid), node.isAlive(b.pid)]).toEqual([false, true]);
  });

  it('does not end the registry when they end, whatever their reason', async () => {
    const registry = await unique();
    registry.register(a.self, 'key', 1);
    a.self.exitSignal(a.pid, 'crash');
    await settle();
    expect(registry.lookup('key')).toStrictEqual([]);
  });
});

describe('a listener', () => {
  beforeEach(() => {
    node.register('listener', b.pid);
  });

  it('is told of duplicates one by one, and of their going when the last one goes', async () => {
    const registry = await duplicate(['listener']);
    registry.register(a.self, 'key', 1);
    registry.register(a.self, 'key', 2);
    registry.unregisterMatch(a.self, 'key', (value) => value === 1);
    registry.unregisterMatch(a.self, 'key', (value) => value === 3);
    await settle();
    expect(b.inbox.map(({ type }) => type)).toEqual(['register', 'register']);
    registry.unregisterMatch(a.self, 'key', (value) => value === 2);
    await settle();
    expect(b.inbox.at(-1)).toEqual({ type: 'unregister', registry: 'duplicate', key: 'key', pid: a.pid });
  });

  it('is told once of all the entries of a key that go together', async () => {
    const registry = await duplicate(['listener']);
    for (const value of [1, 2, 3]) registry.register(a.self, 'key', value);
    registry.unregister(a.self, 'key');
    await settle();
    expect(b.inbox.map(({ type }) => type)).toEqual(['register', 'register', 'register', 'unregister']);
  });

  it('is told of nothing that was refused, or that was not there', async () => {
    const registry = await unique(['listener']);
    registry.unregister(a.self, 'key');
    registry.register(a.self, 'key', 1);
    expect(() => {
      registry.register(b.self, 'key', 1);
    }).toThrow(NameTakenError);
    await settle();
    expect(b.inbox.map(({ type }) => type)).toEqual(['register']);
  });

  it('is told of servers that are started with a via name', async () => {
    class Plain extends GenServer {}
    const registry = await unique(['listener']);
    const pid = await node.start(Plain, { name: via(registry, 'key', 'value') });
    await settle();
    expect(b.inbox).toEqual([{ type: 'register', registry: 'unique', key: 'key', pid, value: 'value' }]);
  });

  it('may be started later, and again: the name counts', async () => {
    const registry = await unique(['later']);
    const late = await puppet(node);
    registry.register(a.self, 'x', 1);
    node.register('later', late.pid);
    registry.register(a.self, 'y', 2);
    await settle();
    expect(late.inbox.map(({ key }) => key)).toEqual(['y']);
  });
});

describe('dispatch', () => {
  it('hands out all entries at once, and what the function then changes it does not see', async () => {
    const registry = await duplicate();
    registry.register(a.self, 'topic', 1);
    registry.register(b.self, 'topic', 2);
    const seen: unknown[][] = [];
    registry.dispatch('topic', (entries) => {
      registry.unregister(b.self, 'topic');
      seen.push(entries.map(({ value }) => value));
    });
    expect(seen).toEqual([[1, 2]]);
    expect(registry.lookup('topic').length).toBe(1);
  });

  it('sends to whom it wants: a pub/sub of one node', async () => {
    const registry = await duplicate();
    registry.register(a.self, 'topic', undefined);
    registry.register(b.self, 'topic', undefined);
    registry.dispatch('topic', (entries) => {
      for (const { pid } of entries) node.send(pid, 'news');
    });
    await settle();
    expect([a.inbox, b.inbox]).toEqual([['news'], ['news']]);
  });

  it('of a unique key hands out one entry', async () => {
    const registry = await unique();
    registry.register(a.self, 'key', 1);
    const counts: number[] = [];
    registry.dispatch('key', (entries) => counts.push(entries.length));
    registry.dispatch('other', (entries) => counts.push(entries.length));
    expect(counts).toEqual([1]);
  });
});

describe('a registry below a supervisor', () => {
  it('comes back empty, and those who had keys have ended with it', async () => {
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [registrySpec({ name: 'r', keys: 'unique' })],
    });
    const name = localName<RegistryServer<string, number>>('r');
    const registry = new Registry<string, number>(node, name);
    registry.register(a.self, 'key', 1);
    const before = registry.pid;
    node.exitSignal(before!, 'kill');
    await settle();
    expect([node.isAlive(a.pid), registry.count()]).toEqual([false, 0]);
    expect(registry.pid).not.toBe(before);
    registry.register(b.self, 'key', 2);
    expect(registry.lookup('key')).toMatchObject([{ pid: b.pid }]);
  });

  it('has its meta data from the start again', async () => {
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [registrySpec({ name: 'r', keys: 'unique', meta: { limit: 5 } })],
    });
    const registry = new Registry(node, 'r');
    registry.putMeta('limit', 6);
    node.exitSignal('r', 'kill');
    await settle();
    expect(registry.meta('limit')).toBe(5);
  });
});

describe('a registry refuses', () => {
  it('a process of another node, code that is no process, and what are no functions', async () => {
    const registry = await unique();
    const other = await puppet(await startTestNode());
    const wrong: (() => unknown)[] = [
      () => {
        registry.register(other.self, 'key', 1);
      },
      () => {
        registry.register(node as never, 'key', 1);
      },
      () => registry.select(5 as never),
      () => registry.match('key', 'pattern' as never),
      () => registry.keys('no pid' as never),
      () => registry.values('key', 5 as never),
      () => registry.updateValue(a.self, 'key', 5 as never),
    ];
    for (const use of wrong) expect(use).toThrow(BadArgumentError);
    expect(registry.count()).toBe(0);
  });
});
