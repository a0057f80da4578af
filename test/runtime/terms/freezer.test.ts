import { runInNewContext } from 'node:vm';
import { Freezer } from '../../../packages/runtime/src/terms/freezer';

const frozen = <T>(value: T): T => new Freezer().pass(value) as T;

class Instance {
  constructor(public inner: object) {}
}

describe('what is frozen', () => {
  it('is frozen all the way down: objects, arrays, keys and values of maps, elements of sets', () => {
    const inside = Array.from({ length: 6 }, (_, n) => ({ n }));
    const [a, b, c, d, e, f] = inside;
    const message = { a, list: [b, [c]], map: new Map([[d, e]]), set: new Set([f]), [Symbol.for('s')]: {} };
    expect(frozen(message)).toBe(message);
    const parts = [message, message.list, message.list[1], message.map, message.set, ...inside];
    for (const part of parts) expect(Object.isFrozen(part)).toBe(true);
    expect(Object.isFrozen(message[Symbol.for('s')])).toBe(true);
  });

  it('says so by a TypeError to whoever changes it', () => {
    const message = frozen({ n: 1, list: [2, 1], map: new Map([[1, 1]]), set: new Set([1]) });
    const changes: (() => unknown)[] = [
      () => (message.n = 2),
      () => message.list.push(2),
      () => message.list.sort(),
      () => message.map.set(2, 2),
      () => message.map.delete(1),
      () => {
        message.map.clear();
      },
      () => message.set.add(2),
      () => message.set.delete(1),
      () => {
        message.set.clear();
      },
    ];
    for (const change of changes) expect(change).toThrow(TypeError);
    expect(() => message.map.set(2, 2)).toThrow('Cannot change a Map that was sent to another process');
    expect(message).toEqual({ n: 1, list: [2, 1], map: new Map([[1, 1]]), set: new Set([1]) });
  });

  it('reads as before', () => {
    const message = frozen({ map: new Map([['k', { v: 1 }]]), set: new Set(['s']) });
    expect([...message.map]).toEqual([['k', { v: 1 }]]);
    expect(message.map.get('k')).toEqual({ v: 1 });
    expect([message.set.has('s'), message.set.size]).toEqual([true, 1]);
    expect(new Map(message.map).set('new', { v: 2 }).size).toBe(2);
    expect(Object.keys(message.map)).toStrictEqual([]);
  });

  it('may contain itself, and be as deep as it likes', () => {
    const cycle: { self?: unknown; list: unknown[] } = { list: [] };
    cycle.self = cycle;
    cycle.list.push(cycle.list);
    expect(Object.isFrozen(frozen(cycle).list)).toBe(true);
    let deep: object = {};
    const last = deep;
    for (let i = 0; i < 100_000; i++) deep = { deep };
    frozen(deep);
    expect(Object.isFrozen(last)).toBe(true);
  });

  it('is data of another realm too', () => {
    const message = runInNewContext('({ list: [new Map([[1, {}]])] })') as { list: Map<number, object>[] };
    frozen(message);
    expect(Object.isFrozen(message.list)).toBe(true);
    expect(Object.isFrozen(message.list[0]?.get(1))).toBe(true);
  });

  it('is frozen once: what is inside is not looked at again', () => {
    const freezer = new Freezer();
    let looks = 0;
    const inner = new Proxy([1], {
      getPrototypeOf: (target) => Object.getPrototypeOf(target) as object,
    });
    const message = { inner };
    const isFrozen = jest.spyOn(Reflect, 'ownKeys').mockImplementation((value) => {
      looks += 1;
      return Object.getOwnPropertyNames(value);
    });
    freezer.pass(message);
    freezer.pass(message);
    freezer.pass([message]);
    isFrozen.mockRestore();
    expect(looks).toBe(2);
  });
});

describe('what is not frozen', () => {
  const inner = {};
  const kept: [string, object][] = [
    ['an instance of a class', new Instance(inner)],
    ['a function', () => undefined],
    ['an error', new Error('x')],
    ['a date', new Date()],
    ['a typed array', new Uint8Array(2)],
    ['a Buffer', Buffer.from('x')],
    ['a promise', Promise.resolve()],
    ['an instance of a class that is a Map', new (class extends Map {})()],
    ['an array of a class of its own', new (class extends Array {})()],
    ['a proxy', new Proxy({}, {})],
    ['a regular expression', /x/],
    ['an abort signal', new AbortController().signal],
  ];

  it.each(kept)('is %s, nor what it holds', (_, value) => {
    const message = frozen({ value });
    expect(Object.isFrozen(message)).toBe(true);
    expect(Object.isExtensible(value)).toBe(true);
    expect(Object.isExtensible(inner)).toBe(true);
  });

  it('is what a getter would give, which is not called', () => {
    const get = jest.fn(() => ({}));
    frozen(Object.defineProperty({}, 'x', { get, enumerable: true }));
    expect(get).not.toHaveBeenCalled();
  });

  it('is what the platform does not let freeze', () => {
    expect(frozen({ env: process.env }).env).toBe(process.env);
    expect(Object.isExtensible(process.env)).toBe(true);
  });

  it.each([undefined, null, 1, 'text', 1n, true, Symbol('s')])('is %p: it cannot change', (value) => {
    expect(frozen(value)).toBe(value);
  });
});
