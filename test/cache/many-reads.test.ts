import { Cache, CacheReadError, type CacheOptions } from '@trestle/cache';
import { noReply, reply, stop, type From, type Node } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { failCall } from '../../packages/cache/src/server/operations/fail-call';
import { startScripted, type Script } from '../support/scripted-server';
import { cacheOn } from './replication/cache-cluster';

describe('many keys that several callers read in one turn of the event loop', () => {
  let sim: Simulation;
  let node: Node;
  let cache: Cache;
  const log: any[] = [];
  beforeEach(() => {
    sim = new Simulation({ seed: 3 });
    log.length = 0;
  });
  afterEach(() => sim.stop());

  async function begin(setUp: (node: Node) => Promise<unknown>, options: Partial<CacheOptions> = {}) {
    const { nodes = ['n1@sim'] } = options;
    await sim.startNodes(nodes, { setUp });
    node = await sim.start('asker');
    await sim.connectAll();
    cache = new Cache(node, { name: 'Cache', nodes, ...options });
  }
  const beginScripted = (call: NonNullable<Script['call']>, options?: Partial<CacheOptions>): Promise<void> =>
    begin((owner) => startScripted(owner, { log, call }, { name: 'Cache' }), options);
  const requests = (): any[] => log.map(([, request]) => request);
  const answered = (request: any): unknown =>
    reply(
      request,
      request.keys.map((key: unknown) => `of ${String(key)}`),
    );

  it('travel in one message to each owner, and come back to those who have asked', async () => {
    await beginScripted(answered);
    const ends = [cache.getMany(['a', 'b']), cache.getMany([]), cache.getMany([['c', 1], 'a'])];
    await expect(sim.until(Promise.all(ends))).resolves.toStrictEqual([
      ['of a', 'of b'],
      [],
      ['of c,1', 'of a'],
    ]);
    expect(requests()).toStrictEqual([{ type: 'getMany', keys: ['a', 'b', ['c', 1], 'a'], atOnce: true }]);
  });

  it('travel in one message for each reader, however many they are, and alone if nobody else reads', async () => {
    await beginScripted(answered);
    const keys = Array.from({ length: 1_300 }, (_, i) => i);
    await expect(sim.until(cache.getMany(keys))).resolves.toHaveLength(1_300);
    expect(requests()).toStrictEqual([{ type: 'getMany', keys }]);
  });

  it('are what they were when they were asked for', async () => {
    await beginScripted(answered);
    const key: [string, number] = ['c', 1];
    const end = cache.getMany([key]);
    key[1] = 2;
    await expect(sim.until(end)).resolves.toEqual(['of c,1']);
    expect(requests()).toStrictEqual([{ type: 'getMany', keys: [['c', 1]] }]);
  });

  it('hold up none of the others while a node asks others for one of them', async () => {
    const waiting: From[] = [];
    await beginScripted((request, from) => {
      if (request.atOnce === true)
        return reply(request, { values: [1, undefined, undefined, 4], open: [1, 2] });
      waiting.push(from);
      return noReply();
    });
    const ends = [cache.getMany(['a', 'slow']), cache.getMany(['slower', 'd']), cache.getMany([])];
    await sim.advance(100);
    expect(requests().slice(1)).toStrictEqual([
      { type: 'getMany', keys: ['slow'] },
      { type: 'getMany', keys: ['slower'] },
    ]);
    waiting[0]?.reply([2]);
    await expect(sim.until(ends[0]!)).resolves.toEqual([1, 2]);
    waiting[1]?.reply([3]);
    await expect(sim.until(ends[1]!)).resolves.toEqual([3, 4]);
  });

  it('suffer from no error of another', async () => {
    await beginScripted((request, from) => {
      if (!request.keys.includes('bad')) return answered(request);
      failCall(from, new CacheReadError(['n2@sim']));
      return noReply();
    });
    const ends = Promise.allSettled([cache.getMany(['a', 'bad']), cache.getMany(['b', 'c'])]);
    const [a, b] = await sim.until(ends);
    expect(a).toMatchObject({ reason: { code: 'ERR_CACHE_READ' } });
    expect(b).toMatchObject({ value: ['of b', 'of c'] });
  });

  it('fail with one error each when their node ends, or does not answer in time', async () => {
    await beginScripted((request) => (request.keys.includes('end') ? stop('over') : noReply()));
    const late = Promise.allSettled([
      cache.getMany(['a'], { timeoutMs: 50 }),
      cache.getMany(['b'], { timeoutMs: 50 }),
      cache.getMany(['c'], { timeoutMs: 80 }),
    ]);
    const message = (ms: number): string => `call Cache@n1@sim 'getMany': no reply within ${String(ms)} ms`;
    await expect(sim.until(late)).resolves.toMatchObject(
      [50, 50, 80].map((ms) => ({ reason: { code: 'ERR_CALL_TIMEOUT', message: message(ms) } })),
    );
    const [one, other] = await sim.until(Promise.allSettled([cache.getMany(['a']), cache.getMany(['end'])]));
    expect(one).toMatchObject({ reason: { code: 'ERR_SERVER_EXIT', reason: 'over' } });
    expect(other).toMatchObject({ reason: { code: 'ERR_SERVER_EXIT', reason: 'over' } });
  });

  it('are refused if one is no key, before anything is asked for', async () => {
    await beginScripted(answered);
    await expect(sim.until(cache.getMany(['a', {} as never]))).rejects.toMatchObject({
      code: 'ERR_BAD_ARGUMENT',
    });
    await sim.advance(10);
    expect(log).toStrictEqual([]);
  });

  it('are found on the other copies, and are what was written, however they are mixed', async () => {
    const nodes = ['n1@sim', 'n2@sim', 'n3@sim'];
    await begin(cacheOn({ nodes, copies: 2 }), { nodes, copies: 2 });
    await sim.advance(2_000);
    const keys = Array.from({ length: 300 }, (_, i) => i);
    await sim.until(
      cache.putMany(
        keys.map((key) => [key, { key }]),
        { concern: 'all' },
      ),
    );
    await sim.crash('n2');
    const some = [keys, keys.filter((key) => key % 3 === 0), [-1, 7, -2]];
    const found = await sim.until(Promise.all(some.map((list) => cache.getMany(list))));
    expect(found).toStrictEqual(some.map((list) => list.map((key) => (key < 0 ? undefined : { key }))));
  });
});
