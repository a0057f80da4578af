import {
  Cache,
  cacheSpec,
  NoMembersError,
  startCache,
  type CacheModule,
  type CacheOptions,
} from '@trestle/cache';
import { NameTakenError, NodeDownError, startSupervisor, type Node, type NodeName } from '@trestle/runtime';
import { freePort } from '../support/free-port';
import { seesExactly } from '../support/seen-nodes';
import { startTestNode } from '../support/test-node';
import { untilMembers } from './seen-changes';

const numbers = [1, 2, 3, 4, 5];
const name = (i: number): NodeName => `apothik_${String(i)}@127.0.0.1`;

/** The experiments of the series' second article, with the figures it shows. */
describe('a cache over members that come and go', () => {
  let mapperPort: number;
  let options: CacheOptions;
  let nodes: Map<number, Node>;
  let master: Node;

  async function boot(more: Partial<CacheOptions>): Promise<void> {
    // In the article nothing moves: what a node holds for others is lost to them.
    options = { name: 'Cache', members: 'apothik_', handoff: false, ...more };
    mapperPort = await freePort();
    master = await named('master@127.0.0.1');
    nodes = new Map();
    for (const i of numbers) nodes.set(i, await named(name(i)));
    for (const node of nodes.values()) await node.connect(master.name);
    const all = [master, ...nodes.values()].map((node) => node.name);
    const seeing = [...nodes.values()].map((node) =>
      seesExactly(
        node,
        all.filter((other) => other !== node.name),
      ),
    );
    await Promise.all(seeing);
    // One after the other, so that tokens go the same way each time.
    for (const node of nodes.values()) {
      await supervise(node);
      await untilMembers(new Cache(nodes.get(1)!, options), (members) => members.includes(node.name));
    }
    await sameMembers();
  }

  function named(nodeName: NodeName): Promise<Node> {
    return startTestNode({ name: nodeName, cookie: 'a cookie of this test', mapperPort });
  }

  /** Starts an instance as its supervision tree would, and waits until all see each other. */
  async function start(i: number): Promise<void> {
    const node = await named(name(i));
    nodes.set(i, node);
    await supervise(node);
    await node.connect(master.name);
    await sameMembers();
  }

  async function supervise(node: Node): Promise<void> {
    await startSupervisor(node, { strategy: 'oneForOne', children: [cacheSpec(options)] });
  }

  async function kill(i: number): Promise<void> {
    await master.rpc.call(name(i), 'System', 'stop');
    await nodes.get(i)?.stopped;
    nodes.delete(i);
    await sameMembers();
  }

  async function sameMembers(): Promise<void> {
    const expected = [...nodes.values()]
      .map((node) => node.name)
      .toSorted()
      .join();
    const views = [...nodes.values()].map((node) => new Cache(node, options));
    await Promise.all(views.map((view) => untilMembers(view, (members) => members.join() === expected)));
  }

  function on(i: number) {
    return master.rpc.module<CacheModule>('Cache').on(name(i));
  }

  /** What each instance holds; of one that is not there, why that is not known. */
  function stat(): Promise<unknown[]> {
    return Promise.all(
      numbers.map((i) =>
        on(i)
          .stats()
          .catch((error: unknown) => (error as NodeDownError).code),
      ),
    );
  }

  async function fill(i: number, n: number): Promise<void> {
    const keys = Array.from({ length: n }, (_, index) => index + 1);
    await Promise.all(keys.map((j) => on(i).put(`k_${String(i)}_${String(j)}`, j)));
  }

  const sum = (stats: readonly unknown[]): number =>
    stats.filter((n) => typeof n === 'number').reduce((total, n) => total + n, 0);

  it('loses what a node held that is stopped by rpc, and moves most keys by modulo', async () => {
    await boot({ routing: 'modulo' });
    await fill(1, 5_000);
    await expect(stat()).resolves.toEqual([1026, 996, 1012, 1021, 945]);
    await kill(2);
    await expect(stat()).resolves.toEqual([1026, 'ERR_NODEDOWN', 1012, 1021, 945]);
    await expect(on(2).stats()).rejects.toThrow(NodeDownError);
    expect(sum(await stat())).toBe(4_004);
    await fill(1, 5_000);
    expect(sum(await stat())).toBe(8_056);
  });

  it('takes in a node that is started again', async () => {
    await boot({ routing: 'modulo' });
    await kill(2);
    await fill(1, 5_000);
    await expect(stat()).resolves.toEqual([1228, 'ERR_NODEDOWN', 1290, 1228, 1254]);
    await start(2);
    await expect(stat()).resolves.toEqual([1228, 0, 1290, 1228, 1254]);
    await fill(1, 5_000);
    await expect(stat()).resolves.toEqual([2032, 996, 2027, 2027, 1970]);
  });

  it('moves few keys by tokens, which come back with the node', async () => {
    await boot({ routing: 'tokens' });
    await fill(1, 5_000);
    await expect(stat()).resolves.toEqual([1016, 956, 1044, 1070, 914]);
    await kill(2);
    await fill(1, 5_000);
    await expect(stat()).resolves.toEqual([1287, 'ERR_NODEDOWN', 1258, 1314, 1141]);
    await start(2);
    await expect(stat()).resolves.toEqual([1287, 0, 1258, 1314, 1141]);
    await fill(1, 5_000);
    await expect(stat()).resolves.toEqual([1287, 956, 1258, 1314, 1141]);
  });

  it('takes in a sixth node whose name begins as it says, and looks for no key on other nodes', async () => {
    await boot({});
    await start(6);
    await fill(6, 600);
    const view = new Cache(nodes.get(1)!, options);
    const held = await Promise.all(view.members().map((member) => view.stats(member)));
    expect(held).toHaveLength(6);
    expect(Math.min(...held)).toBeGreaterThan(0);
    expect(sum(held)).toBe(600);
    expect(view.members()).not.toContain(master.name);
  });

  it('can be used from a node that is no member, which watches the members too', async () => {
    await boot({});
    const cache = await startCache(master, options);
    expect(cache.members()).toHaveLength(5);
    await cache.put('a_key', 1);
    await expect(on(4).get('a_key')).resolves.toBe(1);
    await kill(4);
    await untilMembers(cache, (members) => members.length === 4);
    await cache.put('b_key', 2);
    await expect(on(1).get('b_key')).resolves.toBe(2);
    await expect(cache.stats(name(4))).resolves.toBe(0);
  });
});

describe('a cache over members, on one node', () => {
  it('says so when no node is there that could hold entries', async () => {
    const node = await startTestNode();
    const cache = await startCache(node, { name: 'Cache', members: 'nobody' });
    await expect(cache.get('a_key')).rejects.toThrow(NoMembersError);
    await expect(cache.get('a_key')).rejects.toThrow(
      'cache get: expected at least one member of Cache, got none',
    );
    expect(() => cache.ownerOf('a_key')).toThrow(NoMembersError);
    const unwatched = new Cache(node, { name: 'Other', members: 'nonode' });
    await expect(unwatched.put('a_key', 1)).rejects.toMatchObject({ code: 'ERR_CACHE_NO_MEMBERS' });
  });

  it('leaves nothing behind when it cannot start', async () => {
    const node = await startTestNode();
    await startCache(node, { name: 'Cache', nodes: [node.name] });
    await expect(startCache(node, { name: 'Cache', members: 'nonode' })).rejects.toThrow(NameTakenError);
    expect(node.registered()).toEqual(expect.not.arrayContaining(['Cache.Members']));
  });

  it.each([
    [{ name: 'Cache' }],
    [{ name: 'Cache', nodes: ['a@h'], members: 'a' }],
    [{ name: 'Cache', members: '' }],
    [{ name: 'Cache', members: ['a@h'] }],
    [{ name: 'Cache', members: 'a', routing: 'random' }],
    [{ name: 'Cache', nodes: ['a@h'], routing: {} }],
  ])('refuses %p by name', async (wrong) => {
    const node = await startTestNode();
    await expect(startCache(node, wrong as never)).rejects.toThrow(/^startCache: expected /);
    expect(() => cacheSpec(wrong as never)).toThrow(/^cacheSpec: expected /);
  });
});
