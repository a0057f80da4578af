import fc from 'fast-check';
import { logRecordToJson, type LogRecord } from '@trestle/runtime';
import { crash, pid, textRecord, time } from './some-records';

const parsed = (record: LogRecord): any => JSON.parse(logRecordToJson(record));
const shown = (value: unknown): unknown => parsed(textRecord({ fields: { value } })).fields.value;

class Account {
  readonly owner = 'ada';
  get total(): number {
    return 1;
  }
}

function cycle(): object {
  const parent: Record<string, unknown> = { name: 'parent' };
  parent['child'] = { parent };
  return parent;
}

function deep(levels: number): unknown {
  let value: unknown = 'bottom';
  for (let i = 0; i < levels; i++) value = { value };
  return value;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function coded(): Error {
  return Object.assign(new Error('broken', { cause: new TypeError('why') }), { code: 'EBROKEN', port: 80 });
}

describe('a record as JSON', () => {
  it('has when, how much it matters, where, what and its fields, in one line', () => {
    const record = textRecord({ text: 'two\nlines\u2028more', fields: { n: 1 } });
    const json = logRecordToJson(record);
    expect(json).not.toMatch(/[\n\r\u2028\u2029]/);
    expect(JSON.parse(json)).toEqual({
      time: new Date(time).toISOString(),
      level: 'info',
      node: 'n@h',
      text: 'two\nlines\u2028more',
      fields: { n: 1 },
    });
  });

  it('has who logs, and a report as it is', () => {
    const origin = { pid: pid(4), registeredName: 'counter', label: 'l', module: 'Counter' };
    const metadata = { requestId: 7 };
    const record = { ...textRecord({ ...origin, metadata }), report: crash } as LogRecord;
    expect(parsed(record)).toMatchObject({ ...origin, metadata, report: crash });
  });

  it.each<[string, unknown, unknown]>([
    ['null', null, null],
    ['a number', 1.5, 1.5],
    ['a number that JSON has not', [NaN, -Infinity, Infinity], ['NaN', '-Infinity', 'Infinity']],
    ['a bigint', 12n, '12n'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a function', function named() {}, '[function named]'],
    ['a function without a name', () => {}, '[function without a name]'],
    ['a class', Account, '[function Account]'],
    ['an instance of a class', new Account(), { owner: 'ada' }],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a date that is none', new Date(NaN), 'Invalid Date'],
    ['a map with texts as keys', new Map<string, unknown>([['a', { b: 1n }]]), { a: { b: '1n' } }],
    ['a map with other keys', new Map<unknown, unknown>([[1, new Map()]]), [[1, {}]]],
    ['a set', new Set([1, 'a']), [1, 'a']],
    ['a regular expression', /a+/g, '/a+/g'],
    ['a URL', new URL('http://h/p'), 'http://h/p'],
    ['bytes', new Uint8Array(1_000_000), '[Uint8Array of 1000000 bytes]'],
    ['an ArrayBuffer', new ArrayBuffer(8), '[ArrayBuffer of 8 bytes]'],
    ['a promise', Promise.resolve(), '[Promise]'],
    ['a weak map', new WeakMap(), '[WeakMap]'],
    ['undefined in an array', [undefined, 1], [null, 1]],
    ['a cycle', cycle(), { name: 'parent', child: { parent: '[cycle]' } }],
    ['a revoked proxy', revoked(), '[cannot be shown]'],
    [
      'a key that means something',
      JSON.parse('{"__proto__": {"a": 1}}'),
      JSON.parse('{"__proto__":{"a":1}}'),
    ],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['a pid', pid(1), pid(1)],
    ['an object with its own toJSON', { a: 1, toJSON: 1 }, { a: 1, toJSON: 1 }],
    [
      'a getter that throws, and what stands beside it',
      Object.defineProperty({ a: 1 }, 'b', { enumerable: true, get: () => revoked() && fail() }),
      { a: 1, b: '[cannot be shown]' },
    ],
  ])('shows %s', (_what, value, expected) => {
    expect(shown(value)).toEqual(expected);
  });

  it('shows an error with its stack, its cause and its fields', () => {
    expect(shown(coded())).toEqual({
      name: 'Error',
      message: 'broken',
      stack: expect.stringContaining('record-json.test.ts'),
      cause: { name: 'TypeError', message: 'why', stack: expect.any(String) },
      code: 'EBROKEN',
      port: 80,
    });
  });

  it('shows the same object twice, where it is no cycle', () => {
    const both = { n: 1 };
    expect(shown([both, both])).toEqual([both, both]);
  });

  it.each<[string, unknown]>([
    ['a text', 'x'.repeat(10_000_000)],
    ['many texts', Array.from({ length: 10_000 }, () => 'x'.repeat(5_000))],
    ['many fields', Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key ${String(i)}`, i]))],
    [
      'a wide tree',
      Array.from({ length: 40 }, () => Array.from({ length: 40 }, () => Array(40).fill('xxxx'))),
    ],
    ['a deep one', deep(100_000)],
    ['a large map', new Map(Array.from({ length: 100_000 }, (_, i) => [i, 'x'.repeat(100)]))],
    [
      'long keys',
      Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${'k'.repeat(9_000)}${String(i)}`, i])),
    ],
  ])('is cut where %s is too large, and is JSON still', (_what, value) => {
    const json = logRecordToJson(textRecord({ fields: { value } }));
    expect(json.length).toBeLessThan(80_000);
    expect(json).toContain('…');
    JSON.parse(json);
  });

  it('is cut where what has happened takes too many words', () => {
    expect(logRecordToJson(textRecord({ text: 'x'.repeat(1_000_000) })).length).toBeLessThan(5_000);
  });

  it('says how much is not shown', () => {
    expect(shown(Array.from({ length: 60 }, (_, i) => i))).toHaveLength(51);
    expect((shown(Array.from({ length: 60 }, (_, i) => i)) as unknown[]).at(-1)).toBe('… 10 more');
    expect(
      shown(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${String(i)}`, i]))),
    ).toMatchObject({
      '…': '10 more',
    });
    expect(shown('x'.repeat(5_000))).toMatch(/^x{4000}… \(5000 characters\)$/);
  });

  it('is one line of JSON whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withMap: true,
          withSet: true,
          withDate: true,
          withTypedArray: true,
          withSparseArray: true,
          withNullPrototype: true,
        }),
        (value) => {
          const json = logRecordToJson(textRecord({ fields: { value } }));
          expect(json).not.toContain('\n');
          JSON.parse(json);
        },
      ),
    );
  });

  it('has a time, even if the clock shows none', () => {
    expect(parsed({ ...textRecord(), time: NaN }).time).toBe('NaN');
  });
});

function fail(): never {
  throw new Error('no');
}
