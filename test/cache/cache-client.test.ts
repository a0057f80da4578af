import { CacheClient, listenToCache, startCache, type Cache, type CacheKey } from '@trestle/cache';
import { BadArgumentError, NodeDownError, type Node, type NodeName } from '@trestle/runtime';
import { freePort } from '../support/free-port';
import { startTestNode } from '../support/test-node';
import { Heard, untilMembers } from './seen-changes';

const holders = [1, 2].map((i): NodeName => `shop_${String(i)}@127.0.0.1`);
const options = { name: 'Cache', members: 'shop_' };

let start: (name: NodeName) => Promise<Node>;
let nodes: Node[];
let caches: Cache[];

beforeEach(async () => {
  const mapperPort = await freePort();
  start = (name) => startTestNode({ name, cookie: 'a cookie of this test', mapperPort });
  nodes = await Promise.all(holders.map(start));
  await nodes[0]!.connect(holders[1]!);
  caches = await Promise.all(nodes.map((node) => startCache(node, { ...options, maxEntries: 10 })));
});

describe('a client of a cache, on a node that holds nothing', () => {
  it('connects to one node, and sees all members', async () => {
    const node = await start('web@127.0.0.1');
    const client = await CacheClient.start(node, {
      ...options,
      connectTo: ['nobody@127.0.0.1', holders[0]!],
    });
    // From the first request on: what goes through all entries misses none.
    expect(client.members()).toStrictEqual(holders);
    await client.put('a', 1);
    await expect(caches[1]!.get('a')).resolves.toBe(1);
    await expect(client.stats()).resolves.toBe(0);
    expect(node.registered()).not.toContain('Cache');
    await expect(nodes[0]!.rpc.call(node.name, 'Cache', 'get', ['a'])).rejects.toMatchObject({
      code: 'ERR_NOT_EXPOSED',
    });
    await nodes[1]!.stop();
    await untilMembers(client, (members) => members.length === 1);
    await expect(client.put('b', 2)).resolves.toBe('ok');
  });

  it('goes through all entries at once, though it has connected to one node only', async () => {
    await caches[0]!.putMany(Array.from({ length: 100 }, (_, i) => [i, i]));
    const node = await start('web@127.0.0.1');
    const client = await CacheClient.start(node, { ...options, connectTo: [holders[1]!] });
    const seen: CacheKey[] = [];
    for await (const key of client.keys()) seen.push(key);
    expect(new Set(seen).size).toBe(20);
    await expect(client.totals()).resolves.toMatchObject({ entries: 20, absent: [] });
  });

  it('sees all members where it is a view that startCache gives', async () => {
    const node = await start('web@127.0.0.1');
    await node.connect(holders[0]!);
    const view = await startCache(node, { ...options, maxEntries: 10 });
    expect(view.members()).toStrictEqual(holders);
  });

  it('refuses a node that would hold entries, and nodes that cannot be reached', async () => {
    const node = await start('shop_9@127.0.0.1');
    await expect(CacheClient.start(node, options)).rejects.toThrow(
      'CacheClient.start: expected a node that holds no entries, got',
    );
    const web = await start('web@127.0.0.1');
    const lost = CacheClient.start(web, { ...options, connectTo: ['nobody@127.0.0.1'] });
    await expect(lost).rejects.toThrow(NodeDownError);
    await expect(CacheClient.start(web, { ...options, connectTo: [7] as never })).rejects.toThrow(
      BadArgumentError,
    );
    expect(web.registered()).not.toContain('Cache.Members');
  });
});

describe('a listener to a cache', () => {
  it('hears what happens on every node, also on one that comes later, until it is stopped', async () => {
    const all = new Heard();
    const told = all.events;
    const heard = (event: string): string[] =>
      told.flatMap((each) => (each.event === event && 'keys' in each ? each.keys.map(String) : []));
    const stop = await listenToCache(nodes[0]!, caches[0]!, ['changed', 'evicted'], all.listen);
    const write = async (round: string): Promise<void> => {
      await caches[0]!.putMany(Array.from({ length: 100 }, (_, i) => [`${round}_${String(i)}`, i]));
    };
    // Both have been asked once what is written on both is heard.
    for (let i = 0; new Set(told.map(({ node }) => node)).size < 2; i++) await write(`first ${String(i)}`);
    await write('second');
    await all.until(() => new Set(heard('changed').filter((key) => key.startsWith('second'))).size === 100);
    await all.until(() => heard('evicted').length > 0);
    const third = await start('shop_3@127.0.0.1');
    await startCache(third, options);
    await third.connect(holders[0]!);
    await untilMembers(caches[0]!, (members) => members.length === 3);
    for (let i = 0; !told.some(({ node }) => node === third.name); i++) await write(`third ${String(i)}`);
    await stop();
    await stop();
    told.length = 0;
    await write('fourth');
    expect(told).toStrictEqual([]);
  });

  it('refuses wrong arguments by name', async () => {
    const listen = (events: unknown, listener: unknown) =>
      listenToCache(nodes[0]!, caches[0]!, events as never, listener as never);
    await expect(listen(['gone'], () => undefined)).rejects.toThrow('listenToCache: expected events');
    await expect(listen([], () => undefined)).rejects.toThrow(BadArgumentError);
    await expect(listen(['evicted'], 7)).rejects.toThrow('listenToCache: expected listener to be a function');
  });
});
