import {
  Cache,
  CacheClient,
  cacheSpec,
  KeyvStore,
  listenToCache,
  startCache,
  startNearCache,
  type CacheNamespace,
  type NearCache,
} from '@trestle/cache';
import { BadArgumentError, type Node } from '@trestle/runtime';
import { inspect } from 'node:util';
import { startTestNode } from '../support/test-node';

interface Places {
  readonly node: Node;
  readonly cache: Loose<Cache>;
  readonly near: Loose<NearCache<unknown>>;
  readonly users: Loose<CacheNamespace<unknown>>;
  readonly keyv: Loose<KeyvStore>;
}

/** As a caller without types sees it. */
type Loose<T> = {
  readonly [Name in keyof T]: T[Name] extends (...args: never[]) => infer Result
    ? (...args: readonly any[]) => Result
    : T[Name];
};

/** What a call says to be refused with, and the call. */
type Row = readonly [text: string, call: (places: Places) => unknown];

const aKey = 'expected a key: a string, a finite number, or a tuple of them, nested at most 32 deep';
const duration = 'milliseconds (0 or more, or Infinity)';
const load = (): string => 'x';
const keys = 'expected keys to be a list of keys, such as an array';
const entries = 'expected entries to be a list of pairs [key, value], such as an array or a Map';

let node: Node;
let cache: Cache;
let near: NearCache<unknown>;

beforeEach(async () => {
  node = await startTestNode();
  cache = await startCache(node, { name: 'Cache', nodes: [node.name] });
  near = await startNearCache(node, cache);
});

const loose = <T>(it: T): Loose<T> => it as unknown as Loose<T>;

function places(): Places {
  return {
    node,
    cache: loose(cache),
    near: loose(near),
    users: loose(cache.namespace('users')),
    keyv: loose(new KeyvStore(cache)),
  };
}

/** Calls, and goes through what the answer is made of. */
async function outcome(call: Row[1]): Promise<unknown> {
  const answer = await call(places());
  const isList = typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
  if (isList) for await (const _one of answer as AsyncIterable<unknown>);
  return answer;
}

/** The last argument of a verb is how long to wait. */
const callVerbs: Readonly<Record<string, readonly unknown[]>> = {
  get: ['a'],
  has: ['a'],
  getMany: [['a']],
  clear: [],
};
/** The last argument is how to write. */
const writeVerbs: Readonly<Record<string, readonly unknown[]>> = {
  put: ['a', 1],
  putIfAbsent: ['a', 1],
  compareAndSet: ['a', 1, 2],
  update: ['a', 'f', []],
  increment: ['a', 1],
  putMany: [[['a', 1]]],
  getOrLoad: ['a', load],
};
/** So is it of these, but what is removed has no lifetime. */
const deleteVerbs: Readonly<Record<string, readonly unknown[]>> = { delete: ['a'], deleteMany: [['a']] };
const scanVerbs: Readonly<Record<string, readonly unknown[]>> = { keys: [], entries: [] };
const keyed: Readonly<Record<string, readonly unknown[]>> = {
  get: [],
  has: [],
  put: [1],
  delete: [],
  putIfAbsent: [1],
  compareAndSet: [1, 2],
  update: ['f'],
  increment: [1],
  getOrLoad: [load],
};

const kinds = ['cache', 'near', 'users'] as const;
const circle: unknown[] = [];
circle.push(circle);
const badKeys: readonly (readonly [unknown, string])[] = [
  [undefined, 'undefined'],
  [null, 'null'],
  [NaN, 'NaN'],
  [true, 'true'],
  [1n, '1n'],
  [{ a: 1 }, '{ a: 1 }'],
  [['a', null], "[ 'a', null ]"],
  [circle, '<ref *1> [ [Circular *1] ]'],
];

function ask(kind: (typeof kinds)[number], verb: string, args: readonly unknown[]): Row[1] {
  return (on) =>
    (on[kind] as unknown as Record<string, (...of: readonly unknown[]) => unknown>)[verb]!(...args);
}

function keyRows(): Row[] {
  return kinds.flatMap((kind) =>
    Object.entries(keyed).flatMap(([verb, rest]) =>
      badKeys.map(([key, shown]): Row => [
        `cache ${verb}: ${aKey}, got ${shown}`,
        ask(kind, verb, [key, ...rest]),
      ]),
    ),
  );
}

function optionRows(
  verbs: Readonly<Record<string, readonly unknown[]>>,
  bad: readonly (readonly [unknown, string])[],
): Row[] {
  return kinds.flatMap((kind) =>
    Object.entries(verbs).flatMap(([verb, args]) =>
      bad.map(([options, text]): Row => [
        `cache ${verb}: expected ${text}`,
        ask(kind, verb, [...args, options]),
      ]),
    ),
  );
}

const noOptions: readonly (readonly [unknown, string])[] = [
  [null, 'options to be of type object, got null'],
  [5, 'options to be of type object, got 5'],
  ['5', "options to be of type object, got '5'"],
  [[5], 'options to be of type object, got [ 5 ]'],
  [load, 'options to be of type object, got [Function: load]'],
  [{ timeout: 5 }, "options to have no 'timeout', got { timeout: 5 }"],
  [{ timeoutMs: 5, foo: 1, bar: 2 }, "options to have no 'foo', 'bar', got { foo: 1, bar: 2 }"],
  [{ timeoutMs: -1 }, `timeoutMs to be ${duration}, got -1`],
  [{ timeoutMs: NaN }, `timeoutMs to be ${duration}, got NaN`],
  [{ timeoutMs: '5' }, `timeoutMs to be ${duration}, got '5'`],
  [{ timeoutMs: null }, `timeoutMs to be ${duration}, got null`],
];
const noWriteOptions: readonly (readonly [unknown, string])[] = [
  ...noOptions,
  [{ ttl: 50 }, "options to have no 'ttl', got { ttl: 50 }"],
  [{ ttlMs: 0 }, 'ttlMs to be milliseconds above 0, or Infinity, got 0'],
  [{ ttlMs: -1 }, 'ttlMs to be milliseconds above 0, or Infinity, got -1'],
  [{ ttlMs: '1' }, "ttlMs to be milliseconds above 0, or Infinity, got '1'"],
  [{ ttlMs: 1n }, 'ttlMs to be milliseconds above 0, or Infinity, got 1n'],
  [{ sliding: 1 }, 'sliding to be true or false, got 1'],
  [{ concern: 'most' }, "concern to be 'one', 'quorum' or 'all', got 'most'"],
  [{ concern: 2 }, "concern to be 'one', 'quorum' or 'all', got 2"],
];
const noDeleteOptions: readonly (readonly [unknown, string])[] = [
  ...noOptions,
  [{ ttlMs: 5 }, "options to have no 'ttlMs', got { ttlMs: 5 }"],
  [{ concern: 'most' }, "concern to be 'one', 'quorum' or 'all', got 'most'"],
];
const noScanOptions: readonly (readonly [unknown, string])[] = [
  ...noOptions,
  [{ foo: 1 }, "options to have no 'foo', got { foo: 1 }"],
  [{ pageSize: -1 }, 'pageSize to be a whole number of entries, 1 or more, got -1'],
  [{ pageSize: 1.5 }, 'pageSize to be a whole number of entries, 1 or more, got 1.5'],
  [{ pageSize: '9' }, "pageSize to be a whole number of entries, 1 or more, got '9'"],
];

const lists: readonly (readonly [unknown, string])[] = [
  [undefined, 'undefined'],
  [null, 'null'],
  [5, '5'],
  ['abc', "'abc'"],
  [{ a: 1 }, '{ a: 1 }'],
  [{ length: 2 }, '{ length: 2 }'],
];
const pairs: readonly (readonly [unknown, string])[] = [
  [['ab', 'cd'], "'ab'"],
  [[1], '1'],
  [[['a', 1], null], 'null'],
  [[['a']], "[ 'a' ]"],
  [[['a', 1, 2]], "[ 'a', 1, 2 ]"],
];

function listRows(): Row[] {
  return kinds.flatMap((kind) => [
    ...lists.flatMap(([list, shown]): Row[] => [
      [`cache getMany: ${keys}, got ${shown}`, ask(kind, 'getMany', [list])],
      [`cache deleteMany: ${keys}, got ${shown}`, ask(kind, 'deleteMany', [list])],
      [`cache putMany: ${entries}, got ${shown}`, ask(kind, 'putMany', [list])],
    ]),
    ...pairs.map(([list, shown]): Row => [
      `cache putMany: expected each entry to be a pair [key, value], got ${shown}`,
      ask(kind, 'putMany', [list]),
    ]),
    [`cache getMany: ${aKey}, got NaN`, ask(kind, 'getMany', [['a', NaN]])],
    [`cache deleteMany: ${aKey}, got {}`, ask(kind, 'deleteMany', [['a', {}]])],
    [
      `cache putMany: ${aKey}, got null`,
      ask(kind, 'putMany', [
        [
          ['a', 1],
          [null, 2],
        ],
      ]),
    ],
  ]);
}

function argumentRows(): Row[] {
  return kinds.flatMap((kind): Row[] => [
    ...[NaN, '1', Infinity, 1n, null, {}].map((by): Row => [
      `cache increment: expected a finite number to add, got ${inspect(by)}`,
      ask(kind, 'increment', ['a', by]),
    ]),
    ['cache update: expected the name of a function, got [Function: load]', ask(kind, 'update', ['a', load])],
    ['cache update: expected the name of a function, got undefined', ask(kind, 'update', ['a'])],
    ["cache update: expected args to be an array, got 'x'", ask(kind, 'update', ['a', 'f', 'x'])],
    ['cache update: expected args to be an array, got {}', ask(kind, 'update', ['a', 'f', {}])],
    ['cache update: expected args to be an array, got null', ask(kind, 'update', ['a', 'f', null])],
    [
      "cache update: expected one of the cache's functions (it has none), got 'f'",
      ask(kind, 'update', ['a', 'f']),
    ],
    ['cache getOrLoad: expected a function that loads, got undefined', ask(kind, 'getOrLoad', ['a'])],
    ["cache getOrLoad: expected a function that loads, got 'x'", ask(kind, 'getOrLoad', ['a', 'x'])],
    [
      'cache getOrLoad: expected loadTimeoutMs to be milliseconds above 0, got 0',
      ask(kind, 'getOrLoad', ['a', load, { loadTimeoutMs: 0 }]),
    ],
    [
      "cache getOrLoad: expected loadTimeoutMs to be milliseconds above 0, got '1'",
      ask(kind, 'getOrLoad', ['a', load, { loadTimeoutMs: '1' }]),
    ],
  ]);
}

const ofNodes: Row[] = ['stats', 'statistics', 'drain'].flatMap((verb) => {
  const isNone = `cache ${verb}: expected a node name of the form 'name@host', got`;
  return [
    [`${isNone} 5`, ask('cache', verb, [5])],
    [`${isNone} null`, ask('cache', verb, [null])],
    [`${isNone} 'somewhere'`, ask('cache', verb, ['somewhere'])],
    [
      `cache ${verb}: expected a node that can hold entries of 'Cache', got 'zz@127.0.0.1'`,
      ask('cache', verb, ['zz@127.0.0.1']),
    ],
    ...noOptions.map(([options, text]): Row => [
      `cache ${verb}: expected ${text}`,
      ask('cache', verb, [undefined, options]),
    ]),
  ] satisfies Row[];
});

const others: Row[] = [
  ...noOptions.map(([options, text]): Row => [
    `cache totals: expected ${text}`,
    ({ cache: it }) => it.totals(options),
  ]),
  [`cache ownerOf: ${aKey}, got {}`, ({ cache: it }) => it.ownerOf({})],
  [
    "cache namespace: expected name to be a string that is not empty, got ''",
    ({ cache: it }) => it.namespace(''),
  ],
  ['cache namespace: expected name to be a string, got 5', ({ cache: it }) => it.namespace(5)],
  [
    'cache namespace: expected options to be of type object, got null',
    ({ cache: it }) => it.namespace('x', null),
  ],
  ['cache namespace: expected options to be of type object, got 5', ({ cache: it }) => it.namespace('x', 5)],
  [
    "cache namespace: expected options to have no 'shcema', got { shcema: 1 }",
    ({ cache: it }) => it.namespace('x', { shcema: 1 }),
  ],
  [
    'cache namespace: expected schema to be a zod schema, got {}',
    ({ cache: it }) => it.namespace('x', { schema: {} }),
  ],
];

const cacheOptions = { name: 'Other', nodes: ['a@h'] };
const aNode = 'expected a node, or a process';
const starts: Row[] = [
  [`startCache: ${aNode}, got undefined`, () => startCache(undefined as never, cacheOptions)],
  [`startCache: ${aNode}, got 5`, () => startCache(5 as never, cacheOptions)],
  [
    'startCache: expected options to be of type object, got undefined',
    ({ node: it }) => startCache(it, undefined as never),
  ],
  ['Cache: expected a node, got undefined', () => new Cache(undefined as never, cacheOptions)],
  ['Cache: expected options to be of type object, got null', ({ node: it }) => new Cache(it, null as never)],
  ['cacheSpec: expected options to be of type object, got undefined', () => cacheSpec(undefined as never)],
  [`CacheClient.start: ${aNode}, got {}`, () => CacheClient.start({} as never, cacheOptions)],
  [
    'CacheClient.start: expected options to be of type object, got undefined',
    ({ node: it }) => CacheClient.start(it, undefined as never),
  ],
  [
    "CacheClient.start: expected connectTo.0 to be a node name of the form 'name@host', got 'bad'",
    ({ node: it }) => CacheClient.start(it, { ...cacheOptions, connectTo: ['bad'] }),
  ],
  [
    "CacheClient.start: expected connectTo to be an array of node names, got 'a@h'",
    ({ node: it }) => CacheClient.start(it, { ...cacheOptions, connectTo: 'a@h' as never }),
  ],
  [
    "CacheClient.start: expected options to have no 'connectTwo', got { connectTwo: 1 }",
    ({ node: it }) => CacheClient.start(it, { ...cacheOptions, connectTwo: 1 } as never),
  ],
  [`startNearCache: ${aNode}, got {}`, ({ cache: it }) => startNearCache({} as never, it as never)],
  ['startNearCache: expected a cache, got {}', ({ node: it }) => startNearCache(it, {} as never)],
  [
    'startNearCache: expected a cache, got undefined',
    ({ node: it }) => startNearCache(it, undefined as never),
  ],
  [
    'startNearCache: expected options to be of type object, got null',
    ({ node: it, cache: of }) => startNearCache(it, of as never, null as never),
  ],
  [
    'startNearCache: expected maxEntries to be a whole number of entries, 1 or more, got 0.5',
    ({ node: it, cache: of }) => startNearCache(it, of as never, { maxEntries: 0.5 }),
  ],
  [
    "startNearCache: expected options to have no 'max', got { max: 1 }",
    ({ node: it, cache: of }) => startNearCache(it, of as never, { max: 1 } as never),
  ],
  [
    `listenToCache: ${aNode}, got null`,
    ({ cache: it }) => listenToCache(null as never, it as never, ['evicted'], load),
  ],
  [
    'listenToCache: expected a cache, got null',
    ({ node: it }) => listenToCache(it, null as never, ['evicted'], load),
  ],
  ...(
    [
      [['nope'], "events.0 to be one of 'changed', 'evicted', 'expired', 'rehydration', 'state', got 'nope'"],
      [
        'evicted',
        "events to be an array of 'changed', 'evicted', 'expired', 'rehydration', 'state', got 'evicted'",
      ],
      [[], 'events to be at least one event, got []'],
    ] as const
  ).map(([events, text]): Row => [
    `listenToCache: expected ${text}`,
    ({ node: it, cache: of }) => listenToCache(it, of as never, events as never, load),
  ]),
  [
    'listenToCache: expected listener to be a function, got undefined',
    ({ node: it, cache: of }) => listenToCache(it, of as never, ['evicted'], undefined as never),
  ],
];

const keyvRows: Row[] = [
  ['KeyvStore: expected a cache, or a part of one, got undefined', () => new KeyvStore(undefined as never)],
  ['KeyvStore: expected a cache, or a part of one, got {}', () => new KeyvStore({} as never)],
  [`cache get: ${aKey}, got undefined`, ({ keyv }) => keyv.get(undefined)],
  [`cache put: ${aKey}, got {}`, ({ keyv }) => keyv.set({}, 1)],
  ["KeyvStore.set: expected ttl to be milliseconds, got '5'", ({ keyv }) => keyv.set('a', 1, '5')],
  ['KeyvStore.set: expected ttl to be milliseconds, got -5', ({ keyv }) => keyv.set('a', 1, -5)],
  ['KeyvStore.set: expected ttl to be milliseconds, got NaN', ({ keyv }) => keyv.set('a', 1, NaN)],
  [
    'KeyvStore.setMany: expected entries to be an array of { key, value, ttl }, got 5',
    ({ keyv }) => keyv.setMany(5),
  ],
  [
    "KeyvStore.setMany: expected entries to be an array of { key, value, ttl }, got [ [ 'a', 1 ] ]",
    ({ keyv }) => keyv.setMany([['a', 1]]),
  ],
  [
    "KeyvStore.setMany: expected ttl to be milliseconds, got 'x'",
    ({ keyv }) => keyv.setMany([{ key: 'a', value: 1, ttl: 'x' }]),
  ],
  [`cache getMany: ${keys}, got 'ab'`, ({ keyv }) => keyv.getMany('ab')],
  [`cache getMany: ${keys}, got undefined`, ({ keyv }) => keyv.hasMany()],
  [`cache getMany: ${keys}, got 5`, ({ keyv }) => keyv.deleteMany(5)],
  ['KeyvStore.iterator: expected a namespace, got 5', ({ keyv }) => keyv.iterator(5)],
];

describe('what a cache is asked with that is wrong is refused by the name of the call, with what was expected and what came', () => {
  const tables: Readonly<Record<string, readonly Row[]>> = {
    keys: keyRows(),
    'options of calls': optionRows(callVerbs, noOptions),
    'options of writes': optionRows(writeVerbs, noWriteOptions),
    'options of deletions': optionRows(deleteVerbs, noDeleteOptions),
    'options of scans': optionRows(scanVerbs, noScanOptions),
    lists: listRows(),
    'what else is said': argumentRows(),
    nodes: ofNodes,
    'the others of a cache': others,
    starts,
    'a store of Keyv': keyvRows,
  };

  it.each(Object.entries(tables))('%s', async (_what, rows) => {
    for (const [text, call] of rows) {
      let error: unknown;
      const answer = await outcome(call).catch((reason: unknown) => void (error = reason));
      // The text first: it says which row it is.
      expect([text, error instanceof Error ? error.message : { answer }]).toEqual([text, text]);
      expect(error).toBeInstanceOf(BadArgumentError);
    }
    await expect(cache.stats()).resolves.toBe(0);
    await expect(cache.put('a', 1)).resolves.toBe('ok');
  });
});
