import { FrameWriter } from '../../../../packages/runtime/src/distribution/wire/frame-writer';
import { defaultLimits } from '../../../../packages/runtime/src/distribution/wire/limits';
import { checkSendable } from '../../../../packages/runtime/src/distribution/wire/sendable';
import { UnsendableError } from '../../../../packages/runtime/src/terms/errors';
import { LocalName } from '../../../../packages/runtime/src/terms/address';
import { decode, encode, pid, writerEnds } from './wire-fixture';

class Account {
  balance = 1;
}
class Stack extends Array<number> {}
class Table extends Map<string, number> {}
class Bytes extends Uint8Array {}

function nested(depth: number): unknown {
  return Array.from({ length: depth }).reduce<unknown>((inner) => [inner], 1);
}

const itself: Record<string, unknown> = { name: 'x' };
itself['list'] = [1, itself];

function exploding(): unknown {
  let value: unknown = [];
  for (let i = 0; i < 40; i += 1) value = [value, value];
  return value;
}

describe('a value that cannot travel', () => {
  it.each<[string, unknown, string]>([
    ['a function', { user: { callbacks: [() => 1] } }, 'message.user.callbacks[0]: a function'],
    ['a named function', { onEnd: function done() {} }, 'message.onEnd: a function (done)'],
    ['a method', { get() {} }, 'message.get: a function (get)'],
    ['a class', [Account], 'message[0]: a function (Account)'],
    ['a symbol', { kind: Symbol('k') }, 'message.kind: a symbol (Symbol(k))'],
    ['an instance of a class', { account: new Account() }, 'message.account: an instance of Account'],
    ['an instance of a subclass of Array', new Stack(), 'message: an instance of Stack'],
    ['an instance of a subclass of Map', new Table(), 'message: an instance of Table'],
    ['an instance of a subclass of Uint8Array', new Bytes(1), 'message: an instance of Bytes'],
    ['a local name, which has no node', new LocalName('kv'), 'message: an instance of LocalName'],
    ['an object with a prototype of its own', Object.create({ a: 1 }), 'message: an instance of Object'],
    ['a regular expression', { pattern: /x/ }, 'message.pattern: an instance of RegExp'],
    ['a promise', Promise.resolve(), 'message: an instance of Promise'],
    ['a WeakMap', new WeakMap(), 'message: an instance of WeakMap'],
    ['a DataView', new DataView(new ArrayBuffer(1)), 'message: an instance of DataView'],
    ['a SharedArrayBuffer', new SharedArrayBuffer(1), 'message: an instance of SharedArrayBuffer'],
    ['a boxed string', Object('x'), 'message: an instance of String'],
    ['a generator', (function* () {})(), 'message: an object with a prototype of its own'],
    [
      'in a Map, under a string',
      { table: new Map([['key', () => 1]]) },
      'message.table.get("key"): a function',
    ],
    ['in a Map, under an object', new Map([[{ a: 1 }, /x/]]), 'message.get({ a: 1 }): an instance of RegExp'],
    [
      'as a key of a Map',
      new Map([
        [1, 1],
        [/x/, 1],
      ] as never),
      '[...message.keys()][1]: an instance of RegExp',
    ],
    ['in a Set', { tags: new Set([1, /x/]) }, '[...message.tags][1]: an instance of RegExp'],
    ['under a key that is no identifier', { 'a b': [/x/] }, 'message["a b"][0]: an instance of RegExp'],
    [
      'in the cause of an error',
      new Error('x', { cause: { f: /x/ } }),
      'message.cause.f: an instance of RegExp',
    ],
    [
      'under the key __proto__',
      JSON.parse('{"a":{"__proto__":1}}'),
      'message.a.__proto__: a property of that name',
    ],
    [
      'under a key with a lone surrogate',
      { 'a\ud800': 1 },
      'message["a\\ud800"]: a property whose name is not well-formed Unicode',
    ],
    ['a value that contains itself', { itself }, 'message.itself.list[1]: a value that contains itself'],
    [
      'a value that is nested too deep',
      nested(201),
      `${`message${'[0]'.repeat(80)}`.slice(0, 240)}...: a value nested more than 200 deep`,
    ],
    [
      'a getter that throws',
      {
        get x() {
          throw new Error('no');
        },
      },
      'message.x: a value that cannot be read (no)',
    ],
    ['a Map that grows as it is read', growingMap(), 'message.m: a value that changes while it is read'],
  ])('is refused with its path: %s', (_what, value, problem) => {
    const check = (): void => checkSendable(value, 'message');
    expect(check).toThrow(UnsendableError);
    expect(check).toThrow(`${problem} cannot be sent to another node`);
    const path = problem.slice(0, problem.lastIndexOf(': '));
    expect(catchError(check)).toMatchObject({ code: 'ERR_UNSENDABLE', path });
  });

  it('is refused when it holds more values than a signal may, however they are shared', () => {
    const limits = { ...defaultLimits, maxValues: 10_000 };
    const problem = 'message: a value that holds more than 10000 others cannot be sent to another node';
    expect(() => checkSendable(exploding(), 'message', limits)).toThrow(problem);
    expect(() => checkSendable(Array(10_001).fill(0), 'message', limits)).toThrow(problem);
    expect(() => checkSendable(Array(10_000).fill(0), 'message', limits)).not.toThrow();
  });

  it('is refused when it has more bytes than a frame may', () => {
    const limits = { ...defaultLimits, maxFrameBytes: 1_000 };
    const problem = 'message: a value of more than 1000 bytes cannot be sent to another node';
    for (const message of ['x'.repeat(1_001), { a: Buffer.alloc(1_001) }, [Array(1_001).fill(1)]]) {
      expect(() => encode([{ kind: 'message', to: pid, message }], limits)).toThrow(problem);
    }
  });

  it('is named by what carries it', () => {
    const writer = new FrameWriter(defaultLimits, writerEnds);
    const reason = /x/;
    const identity = { pid, node: 'a@h', creation: 1, call: 1 };
    expect(() => writer.append({ kind: 'cast', to: pid, request: reason })).toThrow('request: an instance');
    expect(() => writer.append({ kind: 'call', to: pid, call: 1, from: pid, request: reason })).toThrow(
      'request: ',
    );
    expect(() => writer.append({ kind: 'reply', call: 1, value: reason })).toThrow('reply: an instance');
    expect(() => writer.append({ kind: 'portReply', to: identity, value: reason })).toThrow(
      'reply: an instance',
    );
    expect(() => writer.append({ kind: 'exit', from: pid, to: pid, reason })).toThrow('reason: an instance');
    expect(writer.byteLength).toBe(0);
  });

  it('leaves what was appended before, and what comes after, as it was', () => {
    const writer = new FrameWriter(defaultLimits, writerEnds);
    writer.append({ kind: 'message', to: pid, message: 'before' });
    const length = writer.byteLength;
    const bad = { long: 'x'.repeat(200_000), f: () => 1 };
    expect(() => writer.append({ kind: 'message', to: pid, message: bad })).toThrow(
      'message.f: a function (f)',
    );
    expect(writer.byteLength).toBe(length);
    writer.append({ kind: 'message', to: pid, message: 'after' });
    expect(decode(writer.take())).toMatchObject([{ message: 'before' }, { message: 'after' }]);
  });

  it('is one with a getter that sends something itself while it is read', () => {
    const writer = new FrameWriter(defaultLimits, writerEnds);
    const message = {
      get now() {
        writer.append({ kind: 'tick' });
        return 1;
      },
    };
    expect(() => writer.append({ kind: 'message', to: pid, message })).toThrow(
      'message.now: a value that cannot be read',
    );
    expect(writer.byteLength).toBe(0);
  });

  it('is not one that is nested as deep as it may', () => {
    expect(() => checkSendable(nested(200), 'message')).not.toThrow();
    const [signal] = decode(encode([{ kind: 'message', to: pid, message: nested(200) }]));
    expect(signal).toEqual({ kind: 'message', to: pid, message: nested(200) });
  });
});

function growingMap(): unknown {
  const m = new Map<string, unknown>();
  const entry = {
    get x() {
      m.set(`new ${m.size}`, 1);
      return 1;
    },
  };
  m.set('old', entry);
  return { m };
}

function catchError(action: () => void): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}
