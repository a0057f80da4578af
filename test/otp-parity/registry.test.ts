import {
  BadArgumentError,
  NameTakenError,
  type Registry,
  startRegistry,
  stopServer,
  type Node,
} from '@trestle/runtime';
import { puppet, type Puppet } from '../support/both-places';
import { inProcess, settle, startTestNode } from '../support/test-node';

/** A node with a registry, and two processes that use it. */
async function arrange(keys: 'unique' | 'duplicate'): Promise<{
  node: Node;
  registry: Registry<unknown, any>;
  a: Puppet;
  b: Puppet;
}> {
  const node = await startTestNode();
  const registry = await startRegistry<unknown, any>(node, { name: 'registry', keys });
  return { node, registry, a: await puppet(node), b: await puppet(node) };
}

describe('a registry', () => {
  it('finds the process of a key, with the value it gave', async () => {
    const { registry, a } = await arrange('unique');
    expect(registry.lookup('hello')).toStrictEqual([]);
    registry.register(a.self, 'hello', 'world');
    expect(registry.lookup('hello')).toEqual([{ key: 'hello', pid: a.pid, value: 'world' }]);
  });

  it('with unique keys has one process for a key at most, and names it to the next', async () => {
    const { registry, a, b } = await arrange('unique');
    registry.register(a.self, 'hello', 1);
    expect(() => registry.register(b.self, 'hello', 2)).toThrow(NameTakenError);
    expect(() => registry.register(b.self, 'hello', 2)).toThrow(expect.objectContaining({ pid: a.pid }));
    expect(registry.lookup('hello')).toMatchObject([{ pid: a.pid, value: 1 }]);
  });

  it('with unique keys refuses a process its own key a second time', async () => {
    const { registry, a } = await arrange('unique');
    registry.register(a.self, 'hello', 'world');
    expect(() => registry.register(a.self, 'hello', 'later')).toThrow(
      expect.objectContaining({ code: 'ERR_NAME_TAKEN', pid: a.pid }),
    );
    expect(registry.keys(a.pid)).toEqual(['hello']);
  });

  it('with duplicate keys has any number of processes for a key', async () => {
    const { registry, a, b } = await arrange('duplicate');
    registry.register(a.self, 'hello', 1);
    registry.register(b.self, 'hello', 2);
    expect(registry.lookup('hello')).toMatchObject([
      { pid: a.pid, value: 1 },
      { pid: b.pid, value: 2 },
    ]);
  });

  it('with duplicate keys has a process several times under one key', async () => {
    const { registry, a } = await arrange('duplicate');
    registry.register(a.self, 'hello', 'world');
    registry.register(a.self, 'hello', 'another');
    expect(registry.lookup('hello').map(({ value }) => value)).toEqual(['world', 'another']);
    expect(registry.keys(a.pid)).toEqual(['hello', 'hello']);
  });

  it('lets different keys stand for the same process', async () => {
    const { registry, a } = await arrange('unique');
    registry.register(a.self, 'one', 1);
    registry.register(a.self, 2, 2);
    expect(registry.keys(a.pid)).toEqual(['one', 2]);
    expect(registry.lookup(2)).toMatchObject([{ pid: a.pid }]);
  });

  it('tells keys apart by identity', async () => {
    const { registry, a } = await arrange('unique');
    registry.register(a.self, 1, 'number');
    registry.register(a.self, '1', 'text');
    expect([registry.lookup(1)[0]!.value, registry.lookup('1')[0]!.value]).toEqual(['number', 'text']);
  });

  it('forgets the keys of a process that ends, whatever ends it', async () => {
    const { node, registry, a, b } = await arrange('unique');
    registry.register(a.self, 'a', 1);
    registry.register(b.self, 'b', 1);
    node.exitSignal(a.pid, 'kill');
    node.exitSignal(b.pid, 'crash');
    expect([registry.lookup('a'), registry.lookup('b'), registry.count()]).toEqual([[], [], 0]);
    expect([registry.keys(a.pid), registry.keys(b.pid)]).toEqual([[], []]);
  });

  it('has forgotten them before a monitor of the process is told', async () => {
    const { node, registry, a } = await arrange('duplicate');
    registry.register(a.self, 'a', 1);
    const seen = await inProcess(node, async (self) => {
      self.monitor(a.pid);
      self.exitSignal(a.pid, 'kill');
      await self.receive('DOWN');
      return [registry.lookup('a'), registry.keys(a.pid), registry.count()];
    });
    expect(seen).toEqual([[], [], 0]);
  });

  it('has forgotten them before a linked process is told', async () => {
    const { node, registry, a } = await arrange('unique');
    registry.register(a.self, 'a', 1);
    const free = await inProcess(node, async (self) => {
      self.trapExit(true);
      self.link(a.pid);
      self.exitSignal(a.pid, 'kill');
      await self.receive('EXIT');
      registry.register(self, 'a', 2);
      return registry.lookup('a')[0]!.pid === self.pid;
    });
    expect(free).toBe(true);
  });

  it('is linked to the processes that have keys: they end with it', async () => {
    const { node, registry, a, b } = await arrange('unique');
    registry.register(a.self, 'a', 1);
    node.exitSignal(registry.pid!, 'kill');
    await settle();
    expect([node.isAlive(a.pid), node.isAlive(b.pid)]).toEqual([false, true]);
  });

  it('survives the processes that have keys', async () => {
    const { node, registry, a } = await arrange('unique');
    const { pid } = registry;
    registry.register(a.self, 'a', 1);
    node.exitSignal(a.pid, 'crash');
    await settle();
    expect(registry.pid).toBe(pid);
  });

  it('is unknown once it has ended', async () => {
    const { node, registry, a } = await arrange('unique');
    await stopServer(node, registry.pid!);
    for (const use of [
      () => registry.lookup('a'),
      () => registry.register(a.self, 'a', 1),
      () => registry.keys(a.pid),
      () => registry.count(),
      () => registry.meta('a'),
    ]) {
      expect(use).toThrow(BadArgumentError);
    }
  });

  it('is local: a process of another node cannot register', async () => {
    const { registry } = await arrange('unique');
    const elsewhere = await puppet(await startTestNode());
    expect(() => registry.register(elsewhere.self, 'a', 1)).toThrow(BadArgumentError);
  });
});

describe('Registry.unregister', () => {
  it('takes away every entry of the key of this process, and no other', async () => {
    const { registry, a, b } = await arrange('duplicate');
    for (const key of ['x', 'x', 'y']) registry.register(a.self, key, 1);
    registry.register(b.self, 'x', 2);
    registry.unregister(a.self, 'x');
    expect(registry.keys(a.pid)).toEqual(['y']);
    expect(registry.lookup('x')).toMatchObject([{ pid: b.pid }]);
  });

  it("does nothing for a key that is not this process's", async () => {
    const { registry, a, b } = await arrange('unique');
    registry.register(a.self, 'x', 1);
    registry.unregister(b.self, 'x');
    registry.unregister(b.self, 'unknown');
    expect(registry.lookup('x')).toMatchObject([{ pid: a.pid }]);
  });

  it('unlinks a process that has no key any more', async () => {
    const { node, registry, a } = await arrange('unique');
    registry.register(a.self, 'x', 1);
    registry.register(a.self, 'y', 1);
    registry.unregister(a.self, 'x');
    registry.unregister(a.self, 'y');
    node.exitSignal(registry.pid!, 'kill');
    await settle();
    expect(node.isAlive(a.pid)).toBe(true);
  });

  it('by unregisterMatch takes away only entries whose values pass', async () => {
    const { registry, a } = await arrange('duplicate');
    for (const value of [1, 2, 3]) registry.register(a.self, 'x', value);
    registry.unregisterMatch(a.self, 'x', (value) => value > 1);
    expect(registry.values('x', a.pid)).toEqual([1]);
  });
});

describe('Registry.updateValue', () => {
  it('replaces the value of a key of this process and tells both', async () => {
    const { registry, a } = await arrange('unique');
    registry.register(a.self, 'hello', 1);
    const found = registry.lookup('hello');
    expect(registry.updateValue(a.self, 'hello', (n: number) => n + 1)).toEqual({ value: 2, before: 1 });
    expect(registry.lookup('hello')).toMatchObject([{ pid: a.pid, value: 2 }]);
    expect(found).toMatchObject([{ value: 1 }]);
  });

  it('says nothing was done for a key of another process, or of nobody', async () => {
    const { registry, a, b } = await arrange('unique');
    registry.register(a.self, 'hello', 1);
    expect(registry.updateValue(b.self, 'hello', () => 5)).toBeUndefined();
    expect(registry.updateValue(b.self, 'unknown', () => 5)).toBeUndefined();
    expect(registry.lookup('hello')).toMatchObject([{ value: 1 }]);
  });

  it('is refused with duplicate keys', async () => {
    const { registry, a } = await arrange('duplicate');
    registry.register(a.self, 'hello', 1);
    expect(() => registry.updateValue(a.self, 'hello', () => 2)).toThrow(
      "updateValue: expected a registry with unique keys, got 'registry'",
    );
  });
});

describe('Registry', () => {
  it('tells by keys what a process has, nothing once it has ended', async () => {
    const { registry, a, b } = await arrange('unique');
    registry.register(a.self, 'x', 1);
    expect([registry.keys(a.pid), registry.keys(b.pid)]).toEqual([['x'], []]);
  });

  it('tells by values what a process has given under a key', async () => {
    const { registry, a, b } = await arrange('duplicate');
    registry.register(a.self, 'x', 1);
    registry.register(b.self, 'x', 2);
    registry.register(a.self, 'x', 3);
    expect(registry.values('x', a.pid)).toEqual([1, 3]);
    expect(registry.values('y', a.pid)).toStrictEqual([]);
  });

  it('finds by match the entries of a key whose values pass, and counts them by countMatch', async () => {
    const { registry, a } = await arrange('duplicate');
    for (const value of [{ n: 1 }, { n: 2 }]) registry.register(a.self, 'x', value);
    registry.register(a.self, 'y', { n: 1 });
    expect(registry.match('x', ({ n }) => n === 1)).toEqual([{ key: 'x', pid: a.pid, value: { n: 1 } }]);
    expect(registry.countMatch('x', ({ n }) => n < 3)).toBe(2);
    expect(registry.countMatch('z', () => true)).toBe(0);
  });

  it('finds by select entries of all keys, and counts them by countSelect', async () => {
    const { registry, a, b } = await arrange('duplicate');
    registry.register(a.self, 'x', 1);
    registry.register(b.self, 'y', 2);
    registry.register(b.self, 'x', 3);
    expect(registry.select().length).toBe(3);
    expect(registry.select(({ key, value }) => key === 'x' && value > 1)).toMatchObject([{ pid: b.pid }]);
    expect(registry.countSelect(({ pid }) => pid === b.pid)).toBe(2);
  });

  it('counts its entries', async () => {
    const { node, registry, a } = await arrange('duplicate');
    expect(registry.count()).toBe(0);
    registry.register(a.self, 'x', 1);
    registry.register(a.self, 'x', 1);
    expect(registry.count()).toBe(2);
    node.exitSignal(a.pid, 'kill');
    expect(registry.count()).toBe(0);
  });

  it('calls the function of dispatch with all entries of a key, in the caller, before it returns', async () => {
    const { registry, a, b } = await arrange('duplicate');
    registry.register(a.self, 'topic', 'for a');
    registry.register(b.self, 'topic', 'for b');
    registry.dispatch('topic', (entries) => {
      for (const { pid, value } of entries) a.self.send(pid, value);
    });
    await settle();
    expect([a.inbox, b.inbox]).toEqual([['for a'], ['for b']]);
  });

  it('does not call the function of dispatch if the key has no entries', async () => {
    const { registry } = await arrange('unique');
    const called = jest.fn();
    registry.dispatch('nobody', called);
    expect(called).not.toHaveBeenCalled();
  });

  it('lets an error of the function of dispatch through to the caller', async () => {
    const { registry, a } = await arrange('unique');
    registry.register(a.self, 'x', 1);
    const dispatch = () =>
      registry.dispatch('x', () => {
        throw new Error('bad registration');
      });
    expect(dispatch).toThrow('bad registration');
  });

  it('keeps what is said about itself: at its start, and later', async () => {
    const node = await startTestNode();
    const registry = await startRegistry(node, { name: 'r', keys: 'unique', meta: { custom: 'value' } });
    registry.putMeta('other', [1]);
    expect([registry.meta('custom'), registry.meta('other'), registry.meta('none')]).toStrictEqual([
      'value',
      [1],
      undefined,
    ]);
    registry.deleteMeta('custom');
    expect(registry.meta('custom')).toBeUndefined();
  });

  it('tells its listeners of each register and unregister, in order', async () => {
    const node = await startTestNode();
    const [listener, a] = [await puppet(node), await puppet(node)];
    node.register('listener', listener.pid);
    const registry = await startRegistry<string, number>(node, {
      name: 'r',
      keys: 'unique',
      listeners: ['listener', 'nobody'],
    });
    registry.register(a.self, 'x', 1);
    registry.unregister(a.self, 'x');
    await settle();
    expect(listener.inbox).toEqual([
      { type: 'register', registry: 'r', key: 'x', pid: a.pid, value: 1 },
      { type: 'unregister', registry: 'r', key: 'x', pid: a.pid },
    ]);
  });

  it('leaves it to its listeners to monitor who ends', async () => {
    const node = await startTestNode();
    const [listener, a] = [await puppet(node), await puppet(node)];
    node.register('listener', listener.pid);
    const registry = await startRegistry(node, { name: 'r', keys: 'unique', listeners: ['listener'] });
    registry.register(a.self, 'x');
    node.exitSignal(a.pid, 'kill');
    await settle();
    expect(listener.inbox.map(({ type }) => type)).toEqual(['register']);
  });

  it('is as good with partitions', async () => {
    const node = await startTestNode();
    const registry = await startRegistry(node, { name: 'r', keys: 'duplicate', partitions: 4 });
    const processes = [await puppet(node), await puppet(node), await puppet(node)];
    for (const { self } of processes) registry.register(self, 'x');
    expect(registry.lookup('x').map(({ pid }) => pid)).toEqual(processes.map(({ pid }) => pid));
  });
});
