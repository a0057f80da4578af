import {
  BadArgumentError,
  childSpec,
  localName,
  NameTakenError,
  Registry,
  registrySpec,
  startRegistry,
  startSupervisor,
  type RegistryOptions,
  type RegistryServer,
  type StartError,
} from '@trestle/runtime';
import { RegistryServer as Server } from '../../../packages/runtime/src/behaviours/registry/registry-server';
import { puppet } from '../../support/both-places';
import { partsOf, settle, startTestNode } from '../../support/test-node';

describe('startRegistry', () => {
  it.each([
    [undefined, 'options to be of type object, got undefined'],
    [null, 'options to be of type object, got null'],
    [{ name: 'r' }, "keys to be 'unique' or 'duplicate', got undefined"],
    [{ name: 'r', keys: 'bag' }, "keys to be 'unique' or 'duplicate', got 'bag'"],
    [{ keys: 'unique' }, 'name to be a string or a local name, got undefined'],
    [{ name: '<r>', keys: 'unique' }, "a name: a non-empty string that does not start with '<', got '<r>'"],
    [{ name: 'r', keys: 'unique', partitions: 0 }, 'partitions to be a whole number, 1 or more, got 0'],
    [{ name: 'r', keys: 'unique', partitions: 1.5 }, 'partitions to be a whole number, 1 or more, got 1.5'],
    [{ name: 'r', keys: 'unique', listeners: 'l' }, "listeners to be an array of names, got 'l'"],
    [{ name: 'r', keys: 'unique', listeners: [5] }, 'listeners.0 to be a string or a local name, got 5'],
    [
      { name: 'r', keys: 'unique', listeners: [''] },
      "a name: a non-empty string that does not start with '<', got ''",
    ],
    [{ name: 'r', keys: 'unique', meta: 5 }, 'meta to be an object, got 5'],
    [{ name: 'r', keys: 'unique', key: 1 }, "options to have no 'key'"],
  ])('refuses %j at the door', async (options, text) => {
    const node = await startTestNode();
    const before = node.processes().length;
    const starting = startRegistry(node, options as RegistryOptions);
    await expect(starting).rejects.toBeInstanceOf(BadArgumentError);
    await expect(starting).rejects.toThrow(`startRegistry: expected ${text}`);
    expect(() => registrySpec(options as RegistryOptions)).toThrow(`registrySpec: expected ${text}`);
    expect(node.processes().length).toBe(before);
  });

  it('refuses a name that is taken', async () => {
    const node = await startTestNode();
    await startRegistry(node, { name: 'r', keys: 'unique' });
    await expect(startRegistry(node, { name: 'r', keys: 'unique' })).rejects.toBeInstanceOf(NameTakenError);
  });

  it('needs a name of the node', async () => {
    const node = await startTestNode();
    const starting = node.start(Server, { args: { keys: 'unique' } });
    await expect(starting).rejects.toThrow('start RegistryServer: expected a name of this node');
    await expect(starting).rejects.toMatchObject({ code: 'ERR_START' } satisfies Partial<StartError>);
  });

  it('links the registry to a process that starts it', async () => {
    const node = await startTestNode();
    const a = await puppet(node);
    const registry = await startRegistry(a.self, { name: 'r', keys: 'unique' });
    registry.register(a.self, 'x');
    registry.unregister(a.self, 'x');
    node.exitSignal(registry.pid!, 'kill');
    expect(node.isAlive(a.pid)).toBe(false);
  });
});

describe('a registry', () => {
  it('below a supervisor is found anew after a restart, without what it held', async () => {
    const node = await startTestNode();
    const name = localName<RegistryServer<string, number>>('r');
    const registry = new Registry(node, name);
    expect([registry.pid, registry.whereisName('x')]).toStrictEqual([undefined, undefined]);
    await startSupervisor(node, {
      strategy: 'oneForOne',
      children: [registrySpec({ name, keys: 'unique', restart: 'permanent' })],
    });
    const [a, b] = [await puppet(node), await puppet(node, true)];
    registry.register(a.self, 'x', 1);
    registry.register(b.self, 'y', 2);
    const first = registry.pid;
    node.exitSignal(first!, 'kill');
    await settle();
    expect(registry.pid).not.toBe(first);
    expect([registry.count(), registry.lookup('y'), registry.keys(b.pid)]).toEqual([0, [], []]);
    expect(b.inbox).toEqual([{ type: 'EXIT', from: first, reason: 'killed' }]);
    registry.register(b.self, 'x', 3);
    expect(registry.lookup('x')).toMatchObject([{ pid: b.pid, value: 3 }]);
  });

  it('leaves nothing behind in processes that outlive it', async () => {
    const node = await startTestNode();
    const a = await puppet(node, true);
    const registry = await startRegistry(node, { name: 'r', keys: 'duplicate' });
    registry.register(a.self, 'x');
    registry.register(a.self, 'x');
    node.exitSignal(registry.pid!, 'kill');
    await settle();
    const { links, endListeners } = (partsOf(node).table.get(a.pid) as any).relations;
    expect([links.size, endListeners.size]).toEqual([0, 0]);
    expect(partsOf(node).services.get('r')).toBeUndefined();
  });

  it('keeps no trace of a key that nobody has', async () => {
    const node = await startTestNode();
    const a = await puppet(node);
    for (const keys of ['unique', 'duplicate'] as const) {
      const registry = await startRegistry<number>(node, { name: keys, keys });
      for (let key = 0; key < 100; key++) {
        registry.register(a.self, key);
        registry.unregister(a.self, key);
      }
      const table = (registry as any).known;
      expect([registry.count(), table.owners.owners.size]).toEqual([0, 0]);
      expect((table.entries.found ?? table.entries.buckets).size).toBe(0);
    }
  });

  it('hands out entries that nobody can change', async () => {
    const node = await startTestNode();
    const a = await puppet(node);
    for (const keys of ['unique', 'duplicate'] as const) {
      const registry = await startRegistry(node, { name: keys, keys });
      registry.register(a.self, 'x');
      const found = registry.lookup('x') as any[];
      expect(() => found.push(1)).toThrow(TypeError);
      expect(() => (found[0].value = 1)).toThrow(TypeError);
      expect(() => (registry.lookup('y') as any[]).push(1)).toThrow(TypeError);
    }
  });

  it('refuses arguments of the wrong kind', async () => {
    const node = await startTestNode();
    const registry: Registry<any, any> = await startRegistry(node, { name: 'r', keys: 'unique' });
    const { self, pid } = await puppet(node);
    for (const use of [
      () => registry.register(node as never, 'x'),
      () => registry.register(undefined as never, 'x'),
      () => registry.unregisterMatch(self, 'x', 5 as never),
      () => registry.updateValue(self, 'x', undefined as never),
      () => registry.match('x', 5 as never),
      () => registry.select(5 as never),
      () => registry.dispatch('x', undefined as never),
      () => registry.keys('x' as never),
      () => registry.values('x', 5 as never),
      () => new Registry(undefined as never, 'r'),
      () => new Registry(node, 5 as never),
    ]) {
      expect(use).toThrow(BadArgumentError);
    }
    expect(node.isAlive(pid)).toBe(true);
  });

  it('throws in a process that has ended what every verb throws there', async () => {
    const node = await startTestNode();
    const registry = await startRegistry(node, { name: 'r', keys: 'unique' });
    const a = await puppet(node);
    node.exitSignal(a.pid, 'kill');
    expect(() => registry.register(a.self, 'x')).toThrow('exit: killed');
    expect(registry.count()).toBe(0);
  });

  it('has its name as the id of its child spec, unless told otherwise', () => {
    expect(registrySpec({ name: 'r', keys: 'unique' })).toMatchObject({ id: 'r', restart: 'permanent' });
    const told = registrySpec({ name: 'r', keys: 'unique', id: 'x', restart: 'transient', shutdownMs: 1 });
    expect(told).toMatchObject({ id: 'x', restart: 'transient', shutdownMs: 1 });
    expect(childSpec(Server, { name: 'r', args: { keys: 'unique' } }).id).toBe('RegistryServer');
  });
});
