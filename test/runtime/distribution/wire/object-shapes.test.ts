import fc from 'fast-check';
import { FrameReader } from '../../../../packages/runtime/src/distribution/wire/frame-reader';
import { FrameWriter } from '../../../../packages/runtime/src/distribution/wire/frame-writer';
import { defaultLimits as limits } from '../../../../packages/runtime/src/distribution/wire/limits';
import { pid, readerEnds, writerEnds } from './wire-fixture';

function noPort(): never {
  throw new Error('no port');
}

/** Objects of one connection as they arrive, each in a frame of its own. */
function arrived(objects: readonly object[]): unknown[] {
  const writer = new FrameWriter(limits, writerEnds);
  const reader = new FrameReader({ limits, ends: readerEnds, portOf: noPort });
  const messages: unknown[] = [];
  for (const message of objects) {
    writer.append({ kind: 'message', to: pid, message });
    reader.read(writer.take(), (signal) => {
      if (signal.kind === 'message') messages.push(signal.message);
    });
  }
  return messages;
}

function objectOf(keys: readonly string[], value: unknown): object {
  return Object.fromEntries(keys.map((key, i) => [key, i % 2 === 0 ? value : { [key]: value }]));
}

/** Enough that there is code for each shape. */
const often = 300;
const key = fc.oneof(
  fc.constantFrom(
    'type',
    'id',
    'n',
    '',
    '0',
    '17',
    'toString',
    'valueOf',
    'a\'b"c\\',
    '\u2028',
    'ü',
    'long key ',
  ),
  fc.constant('k'.repeat(40)),
  fc.string({ maxLength: 6 }).filter((text) => text !== '__proto__' && !text.startsWith('\ufeff')),
);
const shape = fc.uniqueArray(key, { maxLength: 30 });

describe('objects of the same keys that come again and again', () => {
  test('arrive as they were sent, whatever the keys, and whatever comes between them', () => {
    fc.assert(
      fc.property(fc.array(shape, { minLength: 1, maxLength: 4 }), fc.nat(3), (shapes, run) => {
        const sent = Array.from({ length: often * shapes.length }, (_, i) =>
          objectOf(shapes[(i >> run) % shapes.length] as string[], i),
        );
        const got = arrived(sent);
        expect(got).toStrictEqual(sent);
        expect(got.map((object) => Object.keys(object as object))).toStrictEqual(sent.map(Object.keys));
      }),
      { numRuns: 20 },
    );
  });

  test('arrive as they were sent among ever new ones, for which they are forgotten', () => {
    const sent = Array.from({ length: 20_000 }, (_, n) => {
      const key = `key ${String(n >> 2)}`;
      return n % 4 === 0 ? { type: 'usual', n } : { type: 'new', [key]: n, more: { [key]: 'x' } };
    });
    expect(arrived(sent)).toStrictEqual(sent);
  });

  test('are each an object of its own, to which properties can be added', () => {
    const got = arrived(Array.from({ length: often }, (_, n) => ({ n }))) as Record<string, unknown>[];
    for (const object of got.slice(-2)) object['more'] = 1;
    expect(got.slice(-3)).toStrictEqual([
      { n: often - 3 },
      { n: often - 2, more: 1 },
      { n: often - 1, more: 1 },
    ]);
  });

  test('have no other prototype for a key that sounds like one', () => {
    // Nothing of ours sends such a key: it is put in the place of one of the same length.
    const writer = new FrameWriter(limits, writerEnds);
    const reader = new FrameReader({ limits, ends: readerEnds, portOf: noPort });
    for (let n = 0; n < often; n++) {
      writer.append({ kind: 'message', to: pid, message: { a: n, __prxtx__: { evil: true }, z: 1 } });
      const frame = Buffer.from(writer.take());
      frame.write('__proto__', frame.indexOf('__prxtx__'));
      reader.read(frame, (signal) => {
        const { message } = signal as unknown as { message: object };
        expect(Object.getPrototypeOf(message)).toBe(Object.prototype);
        expect(Object.entries(message)).toStrictEqual([
          ['a', n],
          ['__proto__', { evil: true }],
          ['z', 1],
        ]);
      });
    }
  });

  test('arrive where code may not be made of text', () => {
    const { Function } = globalThis;
    globalThis.Function = class {
      constructor() {
        throw new EvalError('Code generation from strings disallowed for this context');
      }
    } as unknown as FunctionConstructor;
    try {
      const sent = Array.from({ length: often }, (_, n) => ({ n, text: String(n) }));
      expect(arrived(sent)).toStrictEqual(sent);
    } finally {
      globalThis.Function = Function;
    }
  });
});
