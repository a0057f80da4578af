import { startCache } from '@trestle/cache';
import { BadArgumentError, localName, stopServer, type Node } from '@trestle/runtime';
import { logOf, startTestNode } from '../support/test-node';

describe('two caches of one node', () => {
  let node: Node;
  const options = (name: string, expose?: string | false) => ({
    name,
    nodes: [node.name],
    ...(expose === undefined ? {} : { expose }),
  });

  beforeEach(async () => {
    node = await startTestNode();
  });

  const warnings = (): unknown[] =>
    logOf(node).flatMap((record) => (record.level === 'warning' && 'text' in record ? [record.text] : []));

  it('are used from outside by modules of their own', async () => {
    const users = await startCache(node, options('users'));
    const orders = await startCache(node, options('orders', 'Orders'));
    await startCache(node, options('hidden', false));
    await users.put('a', 1);
    await orders.put('a', 2);
    await expect(node.rpc.call(node.name, 'Cache', 'get', ['a'])).resolves.toBe(1);
    await expect(node.rpc.call(node.name, 'Orders', 'get', ['a'])).resolves.toBe(2);
    expect(warnings()).toStrictEqual([]);
  });

  it('do not take the module of each other: it is refused, or left and said, if nobody has named it', async () => {
    const users = await startCache(node, options('users'));
    await users.put('a', 'of the users');
    const taken = startCache(node, options('orders', 'Cache'));
    await expect(taken).rejects.toThrow(BadArgumentError);
    await expect(taken).rejects.toThrow(
      "startCache: expected expose to be a module that no other cache of the node has, as 'users' has, got 'Cache'",
    );
    expect(node.registered()).not.toContain('orders');
    await startCache(node, options('orders'));
    await expect(node.rpc.call(node.name, 'Cache', 'get', ['a'])).resolves.toBe('of the users');
    expect(warnings()).toEqual([
      "cache orders is not exposed: 'Cache' is users; its option expose names another module",
    ]);
  });

  it('may have the same module one after the other', async () => {
    await startCache(node, options('users', 'Mine'));
    await stopServer(node, localName('users'));
    await startCache(node, options('users', 'Mine'));
    await stopServer(node, localName('users'));
    const orders = await startCache(node, options('orders', 'Mine'));
    await orders.put('a', 2);
    await expect(node.rpc.call(node.name, 'Mine', 'get', ['a'])).resolves.toBe(2);
  });
});
