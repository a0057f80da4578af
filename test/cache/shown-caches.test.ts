import { CacheClient, KeyvStore, startCache, startNearCache } from '@trestle/cache';
import { inspect } from 'node:util';
import { freePort } from '../support/free-port';
import { startTestNode } from '../support/test-node';

it('A cache, a client, a namespace and a near cache are shown in a line: which they are, and what one looks for', async () => {
  const mapperPort = await freePort();
  const start = (name: string) => startTestNode({ name, cookie: 'a cookie of this test', mapperPort });
  const [shop, web] = [await start('shop_1@127.0.0.1'), await start('web@127.0.0.1')];
  const cache = await startCache(shop, { name: 'carts', members: 'shop_', copies: 2 });
  const options = { name: 'carts', members: 'shop_', copies: 2, connectTo: [shop.name] };
  const client = await CacheClient.start(web, options);
  await client.put('key', 1);
  const near = await startNearCache(web, client);
  const line = (value: unknown): string => inspect(value, { breakLength: Infinity });
  const facts = (node: string): string =>
    `{ name: 'carts', node: '${node}', copies: 2, members: [ 'shop_1@127.0.0.1' ] }`;
  expect(line(cache)).toBe(`Cache ${facts('shop_1@127.0.0.1')}`);
  expect(line(client)).toBe(`CacheClient ${facts('web@127.0.0.1')}`);
  expect(line(client.namespace('users'))).toBe(
    `CacheNamespace { name: 'users', of: CacheClient ${facts('web@127.0.0.1')} }`,
  );
  expect(line(near)).toBe(
    "NearCache { name: 'carts', node: 'web@127.0.0.1', entries: 0, hits: 0, misses: 0 }",
  );
  expect(inspect({ a: { b: { c: cache } } })).toContain('[Cache carts]');
  expect(line(new KeyvStore(cache))).toContain(`cache: Cache ${facts('shop_1@127.0.0.1')}`);
});
