import { Cache, type CacheOptions } from '@trestle/cache';
import { noReply, reply, sys, type Node } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { startScripted, type Script } from '../support/scripted-server';
import { CACHE, cacheOn } from './replication/cache-cluster';

/** What an attempt has come to: its value, or its error. */
async function endOf(attempt: Promise<unknown>): Promise<unknown> {
  try {
    return await attempt;
  } catch (error) {
    return error;
  }
}

describe('what one node asks the owners of keys', () => {
  let sim: Simulation;
  let node: Node;
  let cache: Cache;
  beforeEach(() => {
    sim = new Simulation({ seed: 7 });
  });
  afterEach(() => sim.stop());

  async function begin(setUp: (node: Node) => Promise<unknown>, options: Partial<CacheOptions> = {}) {
    const { nodes = ['n1@sim'] } = options;
    await sim.startNodes(nodes, { setUp });
    node = await sim.start('asker');
    await sim.connectAll();
    cache = new Cache(node, { name: 'Cache', nodes, ...options });
  }

  /** Owners that write down what they are asked. */
  async function beginScripted(script: Script, nodes = ['n1@sim']): Promise<void> {
    await begin((owner) => startScripted(owner, script, { name: 'Cache' }), { nodes });
  }

  async function beginReal(options: Partial<CacheOptions> = {}): Promise<void> {
    const { nodes = ['n1@sim'], ...more } = options;
    await begin(cacheOn({ nodes, ...more }), options);
  }

  /** A key of which a node is the first owner. */
  function keyOn(owner: string, not = ''): string {
    for (let i = 0; ; i++) {
      const key = `key_${String(i)}`;
      if (cache.ownerOf(key) === owner && key !== not) return key;
    }
  }

  it('in one turn of the event loop travels as one message, in the order in which it was asked', async () => {
    const log: unknown[] = [];
    await beginScripted({ log, call: (request) => reply(request, [undefined, 1, undefined]) });
    const ends = [cache.put('a', 1), cache.get('a'), cache.delete(['a', 2])];
    await expect(sim.until(Promise.all(ends))).resolves.toEqual(['ok', 1, 'ok']);
    expect(log).toEqual([['call', { type: 'batch', ops: [1, 'a', 1, 0, 'a', 2, ['a', 2]] }]]);
  });

  it('in one turn travels as one message to each owner', async () => {
    const log: any[] = [];
    await beginScripted(
      {
        log,
        call: (request) =>
          reply(
            request,
            request.ops.map(() => 0),
          ),
      },
      ['n1@sim', 'n2@sim'],
    );
    const keys = Array.from({ length: 100 }, (_, i) => i);
    await sim.until(Promise.all(keys.map((key) => cache.get(key))));
    expect(log.map(([, { type }]) => type)).toEqual(['batch', 'batch']);
    expect(
      log.flatMap(([, { ops }]) => ops.filter((_: unknown, i: number) => i % 2 === 1)).toSorted(),
    ).toEqual(keys.toSorted());
  });

  it('is done as it says: a delete with options among others', async () => {
    await beginReal();
    const ends = [
      cache.put('a', 1),
      cache.put('b', 2),
      cache.delete('a', { concern: 'all' }),
      cache.get('a'),
      cache.get('b'),
      cache.delete('b', { concern: 'one' }),
      cache.put('a', 3, { concern: 'one' }),
      cache.get('b'),
      cache.get('a'),
    ];
    await expect(sim.until(Promise.all(ends))).resolves.toEqual([
      ...['ok', 'ok', 'ok', undefined, 2, 'ok', 'ok', undefined, 3],
    ]);
  });

  it('alone in its turn travels as a request of its own', async () => {
    const log: unknown[] = [];
    await beginScripted({ log, call: (request) => reply(request, 7) });
    await expect(sim.until(cache.get('a'))).resolves.toBe(7);
    await expect(sim.until(cache.put('b', 1, { ttlMs: 5 }))).resolves.toBe('ok');
    expect(log).toEqual([
      ['call', { type: 'get', key: 'a' }],
      ['call', { type: 'put', key: 'b', value: 1, ttlMs: 5 }],
    ]);
  });

  it('is done in the order in which it was asked, whatever the verb', async () => {
    await beginReal();
    const ends = [
      cache.put('n', 1),
      cache.get('n'),
      cache.increment('n'),
      cache.get('n'),
      cache.put('n', 10, { ttlMs: 60_000 }),
      cache.getMany(['n']),
      cache.delete('n'),
      cache.putIfAbsent('n', 5),
      cache.get('n', { timeoutMs: 1_000 }),
      cache.put('n', 'long'.repeat(10_000)),
      cache.put('n', 'short'),
      cache.get('n'),
    ];
    const stored = { stored: true, value: 5 };
    await expect(sim.until(Promise.all(ends))).resolves.toEqual([
      'ok',
      1,
      2,
      2,
      'ok',
      [10],
      'ok',
      stored,
      5,
      'ok',
      'ok',
      'short',
    ]);
  });

  it('is what it was when it was asked, whatever becomes of keys and values', async () => {
    await beginReal();
    const key: [string, number[]] = ['k', [1]];
    const value = { list: [1], bytes: Buffer.from([1]), when: new Date(1) };
    const written = Promise.all([cache.put(key, value), cache.put('other', 1)]);
    key[1].push(2);
    value.list.push(2);
    value.bytes[0] = 2;
    await sim.until(written);
    const expected = { list: [1], bytes: Buffer.from([1]), when: new Date(1) };
    await expect(sim.until(cache.get(['k', [1]]))).resolves.toEqual(expected);
    await expect(sim.until(cache.get(['k', [1, 2]]))).resolves.toBeUndefined();
  });

  it('has each its own error', async () => {
    await beginReal({ maxBytes: 1_000 });
    const ends = [
      cache.put('a', 'x'.repeat(2_000)),
      cache.put('b', 1),
      cache.put('c', { f: () => 1 }),
      cache.get('b'),
      cache.get(NaN),
      cache.put('d', 1, { ttlMs: -1 }),
    ].map(endOf);
    await expect(sim.until(Promise.all(ends))).resolves.toMatchObject([
      { code: 'ERR_CACHE_VALUE_TOO_LARGE', mayHaveBeenHandled: false },
      'ok',
      { code: 'ERR_UNSENDABLE' },
      1,
      { code: 'ERR_BAD_ARGUMENT', message: expect.stringMatching(/^cache get: /) },
      { code: 'ERR_BAD_ARGUMENT', message: expect.stringMatching(/^cache put: expected ttlMs /) },
    ]);
  });

  it('is answered though the answer to another cannot travel', async () => {
    await beginReal();
    const local = new Cache(sim.node('n1'), { name: 'Cache', nodes: ['n1@sim'] });
    await sim.until(local.put('f', { f: () => 1 }));
    await sim.until(local.put('a', { n: [1] }));
    const ends = [cache.get('a'), cache.get('f'), cache.get('a')].map(endOf);
    await expect(sim.until(Promise.all(ends))).resolves.toMatchObject([
      { n: [1] },
      { code: 'ERR_REMOTE', cause: { code: 'ERR_UNSENDABLE' } },
      { n: [1] },
    ]);
  });

  it('is answered in parts if it is much', async () => {
    await beginReal();
    const keys = Array.from({ length: 300 }, (_, i) => i);
    const valueOf = (key: number): unknown =>
      key % 2 === 0 ? 'x'.repeat(10_000 + key) : { text: 'y'.repeat(key * 100) };
    await sim.until(Promise.all(keys.map((key) => cache.put(key, valueOf(key)))));
    const values = await sim.until(Promise.all(keys.map((key) => cache.get(key))));
    expect(values).toEqual(keys.map(valueOf));
  });

  it('ends each after its own time, and says what it was', async () => {
    await beginScripted({ call: () => noReply() });
    const ended: string[] = [];
    const note = (attempt: Promise<unknown>): void =>
      void attempt.catch((error: unknown) => ended.push((error as Error).message));
    note(cache.get('a', { timeoutMs: 300 }));
    note(cache.put('a', 1, { timeoutMs: 100 }));
    note(cache.delete('a', { timeoutMs: 100 }));
    note(cache.get('b'));
    note(cache.get('c'));
    await sim.advance(200);
    const text = (call: string, ms: number): string =>
      `call Cache@n1@sim '${call}': no reply within ${String(ms)} ms`;
    expect(ended).toEqual([text('put', 100), text('delete', 100)]);
    await sim.advance(4_700);
    expect(ended.slice(2)).toEqual([text('get', 300)]);
    await sim.advance(200);
    expect(ended.slice(3)).toEqual([text('get', 5_000), text('get', 5_000)]);
  });

  it('fails each by itself when the owner is lost, or runs no cache', async () => {
    await beginScripted({ call: () => noReply() });
    const ends = [cache.get('a'), cache.put('a', 1)].map(endOf);
    await sim.advance(10);
    await sim.crash('n1');
    await expect(sim.until(Promise.all(ends))).resolves.toMatchObject([
      { code: 'ERR_NODEDOWN', message: "call Cache@n1@sim 'get': node n1@sim is down" },
      {
        code: 'ERR_NODEDOWN',
        message: "call Cache@n1@sim 'put': node n1@sim is down",
        mayHaveBeenHandled: true,
      },
    ]);
    const none = new Cache(node, { name: 'None', nodes: ['asker@sim', 'n1@sim'] });
    await sim.start('n1');
    await sim.connectAll();
    const absent = [endOf(none.get(keyOn('n1@sim'))), endOf(none.get('b')), endOf(none.get('c'))];
    for (const error of await sim.until(Promise.all(absent)))
      expect(error).toMatchObject({ code: 'ERR_NOPROC', mayHaveBeenHandled: false });
  });

  it('goes on to another owner when the one that was asked is lost', async () => {
    const nodes = ['n1@sim', 'n2@sim', 'n3@sim'];
    await beginReal({ nodes, copies: 2 });
    await sim.advance(3_000);
    const keys = Array.from({ length: 30 }, (_, i) => i);
    await sim.until(Promise.all(keys.map((key) => cache.put(key, { key }, { concern: 'all' }))));
    await sim.until(sys.suspend(sim.node('n2'), CACHE));
    const read = Promise.all(keys.map((key) => cache.get(key)));
    const written = Promise.all(keys.map((key) => cache.put(key + 100, { key })));
    await sim.advance(10);
    await sim.crash('n2');
    await expect(sim.until(read)).resolves.toEqual(keys.map((key) => ({ key })));
    await sim.until(written);
    const again = Promise.all(keys.map((key) => cache.get(key + 100)));
    await expect(sim.until(again)).resolves.toEqual(keys.map((key) => ({ key })));
  });

  it('waits for nothing that another needs time for', async () => {
    const nodes = ['n1@sim', 'n2@sim'];
    await beginReal({ nodes, copies: 2 });
    await sim.advance(3_000);
    const key = keyOn('n1@sim');
    const other = keyOn('n1@sim', key);
    await sim.until(cache.put(key, 1, { concern: 'all' }));
    await sim.until(sys.suspend(sim.node('n2'), CACHE));
    const ended: unknown[] = [];
    const note = (name: string, attempt: Promise<unknown>): void =>
      void attempt.then(
        (value) => ended.push([name, value]),
        (error: unknown) => ended.push([name, error]),
      );
    note('missing', cache.get(other));
    note('read', cache.get(key));
    note('everywhere', cache.put(key, 2, { concern: 'all' }));
    note('here', cache.put(key, 3, { concern: 'one' }));
    note('read', cache.get(key));
    await sim.advance(100);
    expect(ended).toEqual([
      ['read', 1],
      ['here', 'ok'],
      ['read', 3],
    ]);
    await sim.until(sys.resume(sim.node('n2'), CACHE));
    await sim.advance(100);
    expect(ended.slice(3).toSorted()).toStrictEqual([
      ['everywhere', 'ok'],
      ['missing', undefined],
    ]);
  });

  it('leaves before the node that asks stops', async () => {
    const log: unknown[] = [];
    await beginScripted({ log, call: () => noReply() });
    const ends = Promise.all([cache.put('a', 1), cache.put('b', 2)].map(endOf));
    await sim.until(node.stop());
    for (const error of await sim.until(ends)) expect(error).toMatchObject({ code: 'ERR_NODEDOWN' });
    expect(log).toEqual([['call', { type: 'batch', ops: [1, 'a', 1, 1, 'b', 2] }]]);
    for (const error of await Promise.all([endOf(cache.get('a')), endOf(cache.put('a', 1))]))
      expect(error).toMatchObject({ code: 'ERR_BAD_ARGUMENT' });
  });

  it('is refused if it is no batch, or none that waits', async () => {
    await beginReal();
    const ask = (request: any) => sim.until(node.call(CACHE.on('n1@sim'), request));
    const refused = { cause: { code: 'ERR_BAD_ARGUMENT' } };
    const bad = [
      undefined,
      {},
      [0],
      [1, 'a'],
      [5, 'a'],
      ['get', 'a'],
      [0, NaN],
      [0, 'a', 0],
      [3, 'a', 1, null],
    ];
    bad.push([3, 'a', 1, { ttlMs: -1 }], [4, 'a', { concern: 'some' }], [0.5, 'a'], ['constructor', 'a']);
    for (const ops of bad) await expect(ask({ type: 'batch', ops })).rejects.toMatchObject(refused);
    for (const batch of [1, 0, 'a'])
      await expect(ask({ type: 'rest', batch })).rejects.toMatchObject(refused);
    await expect(ask({ type: 'batch', ops: [] })).resolves.toStrictEqual([]);
    await expect(ask({ type: 'stats' })).resolves.toBe(0);
  });

  it('fails if what comes back is no answer, and takes nobody along', async () => {
    await beginScripted({
      call: (request) => reply(request, { places: [99], values: [1], failures: [77, 1], rest: 0 }),
    });
    const ends = [cache.get('a'), cache.get('b')].map(endOf);
    for (const error of await sim.until(Promise.all(ends))) expect(error).toBeInstanceOf(Error);
  });
});
