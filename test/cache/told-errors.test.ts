import {
  Cache,
  CacheDrainingError,
  CacheWriteError,
  startCache,
  ValueTooLargeError,
  type CacheOptions,
} from '@trestle/cache';
import { BadArgumentError, NodeDownError, RemoteError, UnsendableError, type Node } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { CACHE, fiveNodes } from './replication/cache-cluster';

const options: CacheOptions = {
  name: 'Cache',
  nodes: fiveNodes.slice(0, 2),
  copies: 2,
  maxBytes: 2_000,
  functions: {
    fail: () => {
      throw new RangeError('oh no');
    },
    makeFunction: () => () => 1,
  },
};

describe.each(['n1', 'n3'])('an error of a cache, for a caller on %s', (place) => {
  let sim: Simulation;
  let cache: Cache;
  beforeEach(async () => {
    sim = new Simulation({ seed: 4 });
    const { maxBytes: _none, ...unbounded } = { ...options, name: 'Unbounded' };
    await sim.startNodes(3, {
      setUp: (node: Node) => Promise.all([startCache(node, options), startCache(node, unbounded)]),
    });
    await sim.connectAll();
    await sim.advance(2_000);
    cache = new Cache(sim.node(place), options);
  });
  afterEach(() => sim.stop());

  const failure = (promise: Promise<unknown>): Promise<unknown> =>
    sim.until(
      promise.then(
        () => 'no failure',
        (error: unknown) => error,
      ),
    );

  it('has the class, the code and the text that it was raised with', async () => {
    const large = await failure(cache.put('a', 'x'.repeat(5_000)));
    expect(large).toBeInstanceOf(ValueTooLargeError);
    expect(large).toMatchObject({
      name: 'ValueTooLargeError',
      code: 'ERR_CACHE_VALUE_TOO_LARGE',
      mayHaveBeenHandled: false,
      message: expect.stringMatching(
        /^cache write: expected an entry of at most maxBytes 2000, got \d+ bytes$/,
      ),
      cause: expect.any(RemoteError),
    });
    expect(await failure(cache.putMany([['a', 'x'.repeat(5_000)]]))).toBeInstanceOf(ValueTooLargeError);
    await sim.until(cache.put('text', 'no number'));
    const added = await failure(cache.increment('text'));
    expect(added).toBeInstanceOf(BadArgumentError);
    expect(added).toHaveProperty(
      'message',
      "cache increment: expected a value that is a number, got 'no number'",
    );
    expect(await failure(cache.update('text', 'nothing'))).toBeInstanceOf(BadArgumentError);
    expect(await failure(cache.put('a', () => 1))).toBeInstanceOf(UnsendableError);
  });

  it.each<[string, (cache: Cache) => Promise<unknown>]>([
    ['cache put: value.a[1].b: a function (b)', (it) => it.put('k', { a: [1, { b: () => 1 }] })],
    ['cache put: value: a symbol (Symbol(s))', (it) => it.put('k', Symbol('s'))],
    ['cache putIfAbsent: value: a function', (it) => it.putIfAbsent('k', () => 1)],
    [
      'cache compareAndSet: value.a: a function (a)',
      (it) => it.compareAndSet('k', undefined, { a: () => 1 }),
    ],
    [
      "cache putMany of 'k3': value.a: a function (a)",
      (it) => it.putMany(['k1', 'k2', 'k3', 'k4'].map((key) => [key, key === 'k3' ? { a: () => 1 } : 1])),
    ],
    ['cache update: args[1].a: a function (a)', (it) => it.update('k', 'fail', [1, { a: () => 1 }])],
    ['cache update: value: a function', (it) => it.update('k', 'makeFunction')],
    ['cache getOrLoad: value.a: a function (a)', (it) => it.getOrLoad('k', () => ({ a: () => 1 }))],
  ])('names what cannot travel: %s', async (text, call) => {
    const error = await failure(call(cache));
    expect(error).toBeInstanceOf(UnsendableError);
    expect(error).toHaveProperty('message', `${text} cannot be sent to another node`);
  });

  it.each<[string, (cache: Cache, key: string) => Promise<unknown>]>([
    [
      'compareAndSet: expected[0]: a symbol (Symbol(s))',
      (it, key) => it.compareAndSet(key, [Symbol('s')], 1),
    ],
    ['compareAndSet: value: a function', (it, key) => it.compareAndSet(key, 'is not there', () => 1)],
    ['putIfAbsent: value: a function', (it, key) => it.putIfAbsent(key, () => 1)],
  ])('names what cannot travel, wherever the owner is and whatever it has: %s', async (text, call) => {
    const keys = Array.from({ length: 30 }, (_, i) => `k${String(i)}`);
    for (const member of cache.members()) {
      const key = keys.find((one) => cache.ownerOf(one) === member)!;
      await sim.until(cache.put(key, 1));
      const error = await failure(call(cache, key));
      expect(error).toBeInstanceOf(UnsendableError);
      expect(error).toHaveProperty('message', `cache ${text} cannot be sent to another node`);
    }
  });

  it('is the same for a text that is too long to travel, wherever its owner is', async () => {
    const text = 'x'.repeat(140 * 1024 * 1024);
    const message = 'a value of more than 134217728 bytes cannot be sent to another node';
    const unbounded = new Cache(sim.node(place), { ...options, name: 'Unbounded' });
    for (const key of ['k1', 'k2', 'k3']) {
      const error = await failure(unbounded.put(key, text));
      expect(error).toBeInstanceOf(UnsendableError);
      expect(error).toHaveProperty('message', expect.stringMatching(new RegExp(`^cache put.*: ${message}$`)));
    }
  });

  it('says of a write how many copies were wanted, and how many there are', async () => {
    await sim.crash('n2');
    await sim.advance(100);
    const error = await failure(cache.put('a', 1, { concern: 'all' }));
    expect(error).toBeInstanceOf(CacheWriteError);
    expect(error).toMatchObject({
      wanted: 2,
      written: 1,
      mayHaveBeenHandled: false,
      code: 'ERR_CACHE_WRITE',
    });
  });

  it('says which node is draining', async () => {
    for (const name of ['n1', 'n2']) await sim.until(sim.node(name).call(CACHE, { type: 'drain' }));
    const error = await failure(cache.put('a', 1));
    expect(error).toBeInstanceOf(CacheDrainingError);
    expect(error).toMatchObject({ node: expect.stringMatching(/^n[12]@sim$/) });
    expect(error).toHaveProperty('message', `cache write: ${(error as CacheDrainingError).node} is draining`);
  });

  it('is a RemoteError if a function of update threw it', async () => {
    const error = await failure(cache.update('a', 'fail'));
    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({ cause: { name: 'RangeError', message: 'oh no' } });
  });
});

describe('a value that is loaded, whose only owner is lost', () => {
  let sim: Simulation;
  beforeEach(() => (sim = new Simulation({ seed: 8 })));
  afterEach(() => sim.stop());

  async function start(kept: CacheOptions) {
    await sim.startNodes(3, { setUp: (node: Node) => startCache(node, kept) });
    await sim.connectAll();
    await sim.advance(2_000);
    const owner = new Cache(sim.node('n1'), kept).ownerOf('key');
    const others = sim.nodes.filter(({ name }) => name !== owner);
    return { owner, caches: others.map((node) => new Cache<string>(node, kept)) };
  }

  it('is loaded at the next one for all who wait, and stored there', async () => {
    const { owner, caches } = await start({ name: 'Cache', members: 'n' });
    const [one, other] = caches as [Cache<string>, Cache<string>];
    let open!: (value: string) => void;
    let loads = 0;
    const passed = new Promise<string>((resolve) => (open = resolve));
    const load = (): Promise<string> => {
      loads += 1;
      return passed;
    };
    const wanted = [one.getOrLoad('key', load)];
    await sim.advance(100);
    wanted.push(other.getOrLoad('key', load), other.getOrLoad('key', load));
    await sim.advance(100);
    expect(loads).toBe(1);
    await sim.crash(owner);
    await sim.advance(100);
    open('a value');
    await expect(sim.until(Promise.all(wanted))).resolves.toEqual(['a value', 'a value', 'a value']);
    expect(loads).toBe(2);
    await expect(sim.until(other.get('key'))).resolves.toBe('a value');
  });

  it('is asked for again by who asks in the moment of the loss', async () => {
    const { owner, caches } = await start({ name: 'Cache', members: 'n' });
    const wanted = caches.map((cache) => cache.getOrLoad('key', () => 'a value'));
    await sim.crash(owner);
    await expect(sim.until(Promise.all(wanted))).resolves.toEqual(['a value', 'a value']);
  });

  it('fails at once if nobody else owns it', async () => {
    const { owner, caches } = await start({ name: 'Cache', nodes: fiveNodes.slice(0, 3) });
    await sim.crash(owner);
    await sim.advance(100);
    const failed = sim.until(caches[0]!.getOrLoad('key', () => 'a value'));
    await expect(failed).rejects.toThrow(NodeDownError);
  });
});
