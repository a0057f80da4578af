import { Encoder, Tag } from 'cbor-x';
import fc from 'fast-check';
import { BadFrameError } from '../../../../packages/runtime/src/distribution/wire/bad-frame';
import { FrameReader } from '../../../../packages/runtime/src/distribution/wire/frame-reader';
import {
  defaultLimits,
  longestFrameBytes,
  type Limits,
} from '../../../../packages/runtime/src/distribution/wire/limits';
import { opcode } from '../../../../packages/runtime/src/distribution/wire/opcodes';
import { wireTag } from '../../../../packages/runtime/src/distribution/wire/wire-tags';
import { decode, encode, localNode, pid, readerEnds, TestFrom } from './wire-fixture';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const plain = new Encoder({ useRecords: false, variableMapSize: true });
/** A message whose value is the given CBOR. */
const message = (value: Buffer | string): Buffer =>
  Buffer.concat([hex('83 01 61 78'), typeof value === 'string' ? hex(value) : value]);
const cbor = (value: unknown): Buffer => Buffer.from(plain.encode(value));

function readerOf(limits: Limits): FrameReader {
  return new FrameReader({ limits, ends: readerEnds, portOf: (id) => new TestFrom(id) });
}

const deep = (head: string, levels: number): Buffer =>
  message(Buffer.concat([hex(head.repeat(levels)), hex('00')]));

/** A request to start a process, with some fields exchanged. */
const spawnRequest = (changed: Readonly<Record<number, unknown>>): Buffer => {
  const fields = [22, '#Ref<a@127.0.0.1/3/2s>', pid, 3, { module: 'M', fn: 'f' }, [], undefined, undefined];
  return cbor(fields.map((field, index) => (index in changed ? changed[index] : field)));
};
/** An answer to one. */
const spawnReply = (...fields: unknown[]): Buffer => cbor([23, '#Ref<a@127.0.0.1/3/2s>', ...fields]);

describe('a frame that no node sends is refused as bad', () => {
  it.each<[string, Buffer]>([
    ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['JSON', Buffer.from('{"kind":"tick"}')],
    ['a signal that is a number', hex('10')],
    ['a signal without a number', hex('80')],
    ['a signal of an unknown number', hex('81 18 63')],
    ['a signal cut short', encode([{ kind: 'bye', reason: 'x' }]).subarray(0, 3) as Buffer],
    ['a record definition (which some decoders compile)', message('d9 dfff 83 19e000 81 61 61 01')],
    ['a record definition of the older form', message('d8 69 83 19e000 81 61 61 01')],
    ['a shared structure', message('d9 e000 81 01')],
    ['several record definitions', message('d9 dffe 83 19e000 81 6161 01')],
    ['an error by the name of a constructor', message('d8 1b 82 68 46756e6374696f6e 61 78')],
    ['an error of the kind other implementations make', message('d8 1b 82 65 4572726f72 61 78')],
    ['a regular expression', message('d8 1b 83 66 526567457870 61 78 60')],
    ['a shared value', message('d8 1c 80')],
    ['a reference to a shared value', message('d8 1d 00')],
    ['bundled strings', message('d9 dff9 82 1a 00000006 61 78 61 79')],
    ['a packed table', message('d8 33 84 81 61 78 80 80 e0')],
    ['a packed reference', message('c6 00')],
    ['a packed simple value', message('e0')],
    ['a packed prefix', message('d8 e1 61 78')],
    ['shared data', message('da 53687264 01')],
    ['a date as text', message(`c0 74 ${Buffer.from('2020-01-01T00:00:00Z').toString('hex')}`)],
    ['a bigint in bytes (quadratic to decode)', message('c2 49 010000000000000000')],
    ['a negative bigint in bytes', message('c3 49 010000000000000000')],
    ['a decimal fraction', message('c4 82 01 02')],
    ['a self-describing value', message('d9 d9f7 00')],
    ['a tag nobody knows', message('d9 7000 00')],
    ['a tag of 64 bits', message('db 0000000100000000 00')],
    ['half a number', message('f9 3c00')],
    ['a simple value of two bytes', message('f8 20')],
    ['an array of indefinite length', message('9f 01 ff')],
    ['a map of indefinite length', message('bf 61 78 01 ff')],
    ['a text of indefinite length', message('7f 61 78 ff')],
    ['bytes of indefinite length', message('5f 41 00 ff')],
    ['a break without a beginning', message('ff')],
    ['a reserved head', message('1c')],
    ['a spawn by no reference', spawnRequest({ 1: 'x' })],
    ['a spawn by nobody', spawnRequest({ 2: 'x' })],
    ['a spawn with a relation that there is not', spawnRequest({ 3: 4 })],
    ['a spawn of no function', spawnRequest({ 4: { module: 'M' } })],
    ['a spawn with arguments that are no list', spawnRequest({ 5: 'x' })],
    ['a spawn that is too short', cbor([22, 1])],
    ['a spawn reply for nobody', spawnReply('x', 0, null, null)],
    ['a spawn reply of what is no process', spawnReply(pid, 0, 'x', null)],
    ['a spawn reply that is too long', spawnReply(pid, 0, pid, null, 1)],
    ['a pulse at no port', cbor([24, 0])],
    ['a pulse at a port that there is not', cbor([24, 65_536])],
    ['a huge array', message('9a ffffffff')],
    ['a huge map', message('ba ffffffff')],
    ['a huge text', message('7a ffffffff')],
    ['huge bytes', message('5a ffffffff')],
    ['a length of 64 bits', message('9b 0000000000000001 00')],
    ['a text longer than the frame', message('63 61 62')],
    ['a number longer than the frame', message('1b 00 00')],
    ['a tag without content', message('d9 0103')],
    ['a Set that is no array', message('d9 0102 01')],
    ['a Map that is no map', message('d9 0103 81 01')],
    ['a date that is a text', message('c1 61 78')],
    ['a date beyond numbers', message('c1 1b ffffffffffffffff')],
    ['a typed array of text', message('d8 40 61 78')],
    ['a typed array of half an element', message('d8 56 43 000000')],
    ['a tag of one-byte elements in the other order', message('d8 3c 41 00')],
    ['an object whose key is an object', message('a1 a0 01')],
    ['an object whose key is an array', message('a1 80 01')],
    ['an object whose key is a number', message('a1 01 01')],
    ['an object whose key is bytes', message('a1 41 61 01')],
    ['an object whose key is tagged', message('a1 d9 5474 42 6100 01')],
    ['a short text that is not UTF-8', message('62 c328')],
    ['a text of ISO 8859-1', message('62 e978')],
    ['a text that ends in the midst of a character', message('61 c3')],
    ['a long text that is not UTF-8', message(`78 40 ${'61'.repeat(63)} ff`)],
    ['a text with half a surrogate pair', message('63 eda080')],
    ['a text with an overlong character', message('62 c0af')],
    ['a longer text that is not UTF-8', message(`79 0100 ${'61'.repeat(255)} ff`)],
    ['a long text that is not UTF-8 in its midst', message(`78 40 ${'61'.repeat(30)} ff ${'61'.repeat(33)}`)],
    ['a long text that begins in the midst of UTF-8', message(`78 40 80 ${'61'.repeat(63)}`)],
    ['a property name that is not UTF-8', message('a1 62 c328 01')],
    ['a pid that is not UTF-8', hex('83 01 62 c328 01')],
    ['a text of UTF-16 in a date', message('c1 d9 5474 42 6100')],
    ['an array of a signal without end', hex('9a ffffffff 10')],
    ['an empty signal before another', hex('80 10')],
    ['arrays nested too deep', deep('81', 300)],
    ['arrays nested a million deep', deep('81', 1_000_000)],
    ['maps nested too deep', deep('a1 00', 300)],
    ['Maps nested too deep', deep('d9 0103 a1 00', 300)],
    ['Sets nested too deep', deep('d9 0102 81', 300)],
    ['tags nested in tags', deep('c1', 300)],
    ['tags nested a million deep', deep('c1', 1_000_000)],
    ['causes nested too deep', deep('d9 5477 85 60 60 f6 f6', 300)],
    ['an error without a name', message(cbor(new Tag([], wireTag.error)))],
    ['an error with a number as message', message(cbor(new Tag(['Error', 1], wireTag.error)))],
    ['a caller without an identity', message(cbor(new Tag([], wireTag.from)))],
    ['a caller with a pid that is none', message(cbor(new Tag(['x', 'a@h', 1, 1], wireTag.from)))],
    ['a caller with a creation below zero', message(cbor(new Tag([pid, 'a@h', -1, 1], wireTag.from)))],
    ['a reply port without an identity', message(cbor(new Tag([pid, 'a', 1, 1], wireTag.replyPort)))],
    ['a bigint that is a number', message(cbor(new Tag(1, wireTag.bigInteger)))],
    ['a text of UTF-16 that is an array', message(cbor(new Tag([1], wireTag.utf16)))],
  ])('%s', (_what, frame) => {
    expect(() => decode(frame)).toThrow(BadFrameError);
  });

  it.each<[string, unknown[]]>([
    ['a message without a value', [opcode.message, pid]],
    ['a message with a field too many', [opcode.message, pid, 1, 2]],
    ['a message to a number', [opcode.message, 7, 'x']],
    ['a message to two names', [opcode.message, ['a', 'b'], 'x']],
    ['a message to a name that is a number', [opcode.message, [1], 'x']],
    ['a message to an object', [opcode.message, { name: 'a' }, 'x']],
    ['a cast to null', [opcode.cast, null, 'x']],
    ['a call with a text as number', [opcode.call, '1', pid, pid, 'x']],
    ['a call with half a number', [opcode.call, 1.5, pid, pid, 'x']],
    ['a call with a number below zero', [opcode.call, -1, pid, pid, 'x']],
    ['a call from a number', [opcode.call, 1, 1, pid, 'x']],
    ['a reply to a bigint', [opcode.reply, 2n ** 60n, 'x']],
    ['a failure of an unknown kind', [opcode.callFailed, 1, 99, null]],
    ['a failure by the loss of no node', [opcode.callFailed, 1, 2, 'x']],
    ['a cancelled call without a number', [opcode.cancelCall]],
    ['a reply to a caller who is none', [opcode.portReply, 'x', 'a@h', 1, 1, 'x']],
    ['a link from no pid', [opcode.link, 'x', pid]],
    ['a link to a name', [opcode.link, pid, ['kv']]],
    ['an exit from no pid', [opcode.exit, '<x>', pid, 'kill']],
    ['an exit to a text that is no pid', [opcode.exit, pid, 'x', 'kill']],
    ['an exit along a link to a name', [opcode.linkExit, pid, ['kv'], 'x']],
    ['a monitor with a ref that is none', [opcode.monitor, 'x', pid, pid]],
    ['a demonitor from a number', [opcode.demonitor, '#Ref<a@h/1/1>', 1, pid]],
    ['a DOWN of a name without a node', [opcode.down, '#Ref<a@h/1/1>', pid, ['kv'], 'x']],
    ['a DOWN to a name', [opcode.down, '#Ref<a@h/1/1>', ['kv'], pid, 'x']],
    ['a list of nodes that is a text', [opcode.nodes, 'a@h']],
    ['a list of nodes with something else in it', [opcode.nodes, ['a@h', 1]]],
    ['a tick with a value', [opcode.tick, 1]],
    ['a leave that is no flag', [opcode.leaving, 1]],
    ['lives that took their leave of no node', [opcode.departed, [['c', 1]]]],
    ['a life that took its leave and is none', [opcode.departed, ['c@h']]],
    ['a life with a field too many', [opcode.departed, [['c@h', 1, 2]]]],
    ['a goodbye without a word', [opcode.bye, 1]],
    ['a message to an alias that is none', [opcode.aliasMessage, '<a@h/1.0/1>', 'x']],
    ['a message to an alias with a field too many', [opcode.aliasMessage, '#Ref<a@h/1/1>', 'x', 'y']],
    ['an opcode that is a text', ['constructor', 1]],
  ])('%s', (_what, fields) => {
    expect(() => decode(cbor(fields))).toThrow(BadFrameError);
  });
});

describe('a frame reader', () => {
  it('pollutes no prototype', () => {
    const key = `69 ${Buffer.from('__proto__').toString('hex')}`;
    const [signal] = decode(message(`a1 ${key} a1 68 ${Buffer.from('polluted').toString('hex')} f5`));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    const value = (signal as unknown as { message: object }).message;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect((value as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('takes a property of any name for a property of the object itself', () => {
    const names = ['__proto__', 'constructor', 'toString', '0', ''];
    const keys = names.map(
      (name) => `${(0x60 + name.length).toString(16)} ${Buffer.from(name).toString('hex')} 01`,
    );
    const [signal] = decode(message(`a5 ${keys.join('')}`));
    const value = (signal as unknown as { message: object }).message;
    expect(Object.getOwnPropertyNames(value).sort()).toEqual([...names].sort());
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('takes the last of two properties of one name', () => {
    const [signal] = decode(message('a2 61 61 01 61 61 02'));
    expect(signal).toMatchObject({ message: { a: 2 } });
  });

  it('refuses a frame that is longer than it may be', () => {
    const reader = readerOf(defaultLimits);
    const frame = Buffer.alloc(longestFrameBytes + 1);
    expect(() => reader.read(frame, () => {})).toThrow('bad frame: 262145 bytes (the limit is 262144)');
  });

  it('refuses a signal that is longer than it may be', () => {
    const limits = { ...defaultLimits, maxFrameBytes: 100 };
    const frame = message(cbor('x'.repeat(100)));
    expect(() => decode(frame, limits)).toThrow('bad frame: a signal of more than 100 bytes');
  });

  it('refuses what came in fragments and is not one signal of a process', () => {
    const reader = readerOf(defaultLimits);
    const bye = Buffer.from(encode([{ kind: 'bye', reason: 'x' }]));
    const head = Buffer.from(encode([{ kind: 'fragment', id: 1, left: 0, length: 9 }]));
    expect(() => reader.readWhole(Buffer.concat([bye, bye]))).toThrow('more than one signal in fragments');
    expect(() => reader.readWhole(bye.subarray(1))).toThrow(BadFrameError);
    expect(() => reader.readWhole(head)).toThrow('a fragment in fragments');
    expect(reader.readWhole(bye)).toEqual({ kind: 'bye', reason: 'x' });
  });

  it('refuses a signal that holds more values than it may', () => {
    const limits = { ...defaultLimits, maxValues: 1_000 };
    const frame = message(cbor(Array(1_100).fill(0)));
    expect(() => decode(frame, limits)).toThrow('too many values in one signal');
    expect(decode(frame)).toHaveLength(1);
  });

  it('hands on the signals before a bad one, and none behind it', () => {
    const good = encode(
      Array.from({ length: 5_000 }, () => ({ kind: 'bye', reason: 'well-meant' }) as const),
    );
    const reader = readerOf(defaultLimits);
    let count = 0;
    const bytes = Buffer.concat([good, hex('9f'), good]);
    expect(() => reader.read(bytes, () => (count += 1))).toThrow(BadFrameError);
    expect(count).toBe(5_000);
    expect(decode(good)).toHaveLength(5_000);
  });

  it('throws nothing but BadFrameError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expectSignalsOrBadFrame(bytes);
        expectSignalsOrBadFrame(message(Buffer.from(bytes)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('throws nothing but BadFrameError, whichever bytes of a good frame are changed', () => {
    const value = {
      list: [1, -0, 2n ** 70n, 'a\ud800'],
      map: new Map<unknown, unknown>([['k', new Set([new Date(0), new Float64Array([1])])]]),
      error: new TypeError('x', { cause: new TestFrom({ pid, node: 'a@h', creation: 1, call: 1 }) }),
    };
    const good = encode([
      { kind: 'tick' },
      { kind: 'call', to: { name: 'kv', node: localNode }, call: 2 ** 40, from: pid, request: value },
      { kind: 'exit', from: pid, to: pid, reason: value },
    ]);
    const change = fc.record({ at: fc.nat(good.length - 1), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(good.length), (changes, cut) => {
        const bytes = Buffer.from(good);
        for (const { at, to } of changes) bytes[at] = to;
        expectSignalsOrBadFrame(bytes);
        expectSignalsOrBadFrame(bytes.subarray(0, cut));
      }),
      { numRuns: 600 },
    );
    expect(decode(good)).toHaveLength(3);
  });
});

function expectSignalsOrBadFrame(bytes: Uint8Array): void {
  try {
    for (const signal of decode(bytes)) expect(typeof signal.kind).toBe('string');
  } catch (error) {
    expect(error).toBeInstanceOf(BadFrameError);
  }
}
