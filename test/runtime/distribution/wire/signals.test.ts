import fc from 'fast-check';
import { FrameReader } from '../../../../packages/runtime/src/distribution/wire/frame-reader';
import { FrameWriter } from '../../../../packages/runtime/src/distribution/wire/frame-writer';
import { defaultLimits } from '../../../../packages/runtime/src/distribution/wire/limits';
import type { WireSignal } from '../../../../packages/runtime/src/distribution/wire/wire-signal';
import { pidPrefix, pidSuffix } from '../../../../packages/runtime/src/terms/pid';
import type { Ref } from '../../../../packages/runtime/src/terms/ref';
import { decode, encode, localNode, pid, readerEnds, writerEnds } from './wire-fixture';

const other = '<b@127.0.0.1/9.0/1>' as typeof pid;
const ref = '#Ref<a@127.0.0.1/3/2s>' as Ref;
const named = { name: 'kv', node: localNode };
const identity = { pid, node: 'a@127.0.0.1', creation: 2 ** 32, call: 2 ** 40 };
const reason = { type: 'error', name: 'Error', message: 'x' };

const everySignal: WireSignal[] = [
  { kind: 'message', to: other, message: { a: 1 } },
  { kind: 'message', to: named, message: undefined },
  { kind: 'cast', to: other, request: { type: 'put' } },
  { kind: 'cast', to: named, request: 'x' },
  { kind: 'call', to: other, call: 1, from: pid, request: { type: 'get' } },
  { kind: 'call', to: named, call: 2 ** 51, from: pid, request: null },
  { kind: 'reply', call: 3, value: [1] },
  { kind: 'callFailed', call: 3, failure: { kind: 'noproc' } },
  { kind: 'callFailed', call: 3, failure: { kind: 'mailboxFull' } },
  { kind: 'callFailed', call: 3, failure: { kind: 'notServer' } },
  { kind: 'callFailed', call: 3, failure: { kind: 'exit', reason } },
  { kind: 'callFailed', call: 3, failure: { kind: 'nodedown', node: 'c@h', mayHaveLeft: true } },
  { kind: 'callFailed', call: 3, failure: { kind: 'badReply', error: reason } },
  { kind: 'cancelCall', call: 4 },
  { kind: 'portReply', to: identity, value: 'late' },
  { kind: 'link', from: pid, to: other },
  { kind: 'unlink', from: pid, to: other },
  { kind: 'exit', from: pid, to: other, reason: 'kill' },
  { kind: 'exit', from: pid, to: named, reason },
  { kind: 'linkExit', from: pid, to: other, reason },
  { kind: 'monitor', ref, from: pid, to: other },
  { kind: 'monitor', ref, from: pid, to: named },
  { kind: 'demonitor', ref, from: pid, to: other },
  { kind: 'demonitor', ref, from: pid, to: named },
  { kind: 'down', ref, to: other, pid, reason: 'normal' },
  { kind: 'down', ref, to: other, pid: { name: 'kv', node: 'a@127.0.0.1' }, reason },
  { kind: 'nodes', names: ['c@h', 'd@h'] },
  { kind: 'nodes', names: [] },
  { kind: 'tick' },
  { kind: 'tock' },
  { kind: 'leaving', seen: false },
  { kind: 'leaving', seen: true },
  { kind: 'departed', nodes: [{ name: 'c@h', creation: 2 ** 32 - 1 }] },
  { kind: 'departed', nodes: [] },
  { kind: 'bye', reason: 'stopped' },
  { kind: 'pulse', port: 65_535 },
  { kind: 'fragment', id: 2 ** 31 - 1, left: 2 ** 27, length: 65_536 },
  { kind: 'aliasMessage', alias: ref, message: { type: 'late' } },
  {
    ...{ kind: 'spawnRequest', ref, from: pid, to: { name: '<node>', node: localNode } },
    ...{ code: { module: 'M', fn: 'f' }, args: [1, 'x'], link: true, monitor: false, options: {} },
  },
  {
    ...{ kind: 'spawnRequest', ref, from: pid, to: { name: '<node>', node: localNode } },
    ...{ code: { source: '() => 1' }, args: [], link: false, monitor: true },
    options: { label: 'l', mailbox: { maxMessages: 5, policy: 'exit' } },
  },
  { kind: 'spawnReply', ref, to: other, pid, link: true, monitor: true, problem: undefined },
  { kind: 'spawnReply', ref, to: other, pid: null, link: false, monitor: false, problem: reason },
];

describe('a signal', () => {
  it.each(everySignal.map((signal) => [signal.kind, signal] as const))(
    'arrives as it was sent: %s',
    (_kind, signal) => {
      expect(decode(encode([signal]))).toStrictEqual([signal]);
    },
  );

  it('arrives in its place among the others of its frame', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...everySignal), { maxLength: 2_000 }), (signals) => {
        expect(decode(encode(signals))).toStrictEqual(signals);
      }),
      { numRuns: 30 },
    );
  });

  it('to a name takes the name alone to the node that has it', () => {
    const frame = Buffer.from(
      encode([{ kind: 'cast', to: { name: 'kv', node: 'z@elsewhere' }, request: 1 }]),
    );
    expect(frame.toString('latin1')).not.toContain('elsewhere');
    expect(decode(frame)).toMatchObject([{ to: { name: 'kv', node: localNode } }]);
  });

  it('reaches its receiver, however often others were sent to before', () => {
    const pids = [other, pid, '<b@127.0.0.1/9.0/12>' as typeof pid, '<b@127.0.0.1/9>' as typeof pid];
    const names = ['k', 'kv', 'kw', 'kve', 'ü', 'n'.repeat(30)].map((name) => ({ name, node: localNode }));
    const run = fc.record({ to: fc.constantFrom(...pids, ...names), times: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(fc.array(run), (runs) => {
        const signals = runs.flatMap(({ to, times }) =>
          Array.from({ length: times }, (_, request): WireSignal => ({ kind: 'cast', to, request })),
        );
        expect(decode(encode(signals))).toStrictEqual(signals);
      }),
      { numRuns: 100 },
    );
  });

  it('from a node with a name beyond ASCII or of great length keeps its pids', () => {
    const from = `${pidPrefix(`${'n'.repeat(200)}@h`)}1.0${pidSuffix(1)}` as typeof pid;
    expect(decode(encode([{ kind: 'link', from, to: pid }]))).toMatchObject([{ from }]);
  });
});

describe('a frame writer', () => {
  const message = (text: string): WireSignal => ({ kind: 'message', to: pid, message: text });

  it('gives every signal of many frames away once, in bytes it never touches again', () => {
    const writer = new FrameWriter(defaultLimits, writerEnds);
    const frames: Uint8Array[] = [];
    for (let i = 0; i < 20_000; i += 1) {
      writer.append(message(`m${i}`));
      if (i % 7 === 0) frames.push(writer.take());
    }
    frames.push(writer.take());
    const texts = frames
      .flatMap((frame) => decode(frame))
      .map((signal) => (signal as { message: string }).message);
    expect(texts).toEqual(Array.from({ length: 20_000 }, (_, i) => `m${i}`));
  });

  it('tells how many bytes wait, and is empty once they are taken', () => {
    const writer = new FrameWriter(defaultLimits, writerEnds);
    expect(writer.take()).toHaveLength(0);
    writer.append(message('x'));
    const { byteLength } = writer;
    expect(writer.take()).toHaveLength(byteLength);
    expect(writer.byteLength).toBe(0);
    expect(writer.take()).toHaveLength(0);
  });

  it('encodes a value as it is when it is sent, whatever becomes of it afterwards', () => {
    const writer = new FrameWriter(defaultLimits, writerEnds);
    const value = { n: 1, bytes: new Uint8Array([1]) };
    writer.append({ kind: 'message', to: pid, message: value });
    value.n = 2;
    value.bytes[0] = 2;
    expect(decode(writer.take())).toMatchObject([{ message: { n: 1, bytes: new Uint8Array([1]) } }]);
  });
});

describe('a frame reader', () => {
  it('may be used by whoever is handed a signal, for another frame', () => {
    const inner = encode([{ kind: 'bye', reason: 'inner' }]);
    const reader = new FrameReader({
      limits: defaultLimits,
      ends: readerEnds,
      portOf: () => {
        throw new Error('not called');
      },
    });
    const seen: string[] = [];
    reader.read(encode([{ kind: 'tick' }, { kind: 'tock' }]), ({ kind }) => {
      seen.push(kind);
      reader.read(inner, (signal) => void seen.push(signal.kind));
    });
    expect(seen).toEqual(['tick', 'bye', 'tock', 'bye']);
  });

  it('lets an error of whoever is handed a signal pass, and reads on afterwards', () => {
    const reader = new FrameReader({
      limits: defaultLimits,
      ends: readerEnds,
      portOf: () => {
        throw new Error('not called');
      },
    });
    const frame = encode([{ kind: 'tick' }]);
    const stop = new Error('stop');
    expect(() =>
      reader.read(frame, () => {
        throw stop;
      }),
    ).toThrow(stop);
    const seen: WireSignal[] = [];
    reader.read(frame, (signal) => void seen.push(signal));
    expect(seen).toEqual([{ kind: 'tick' }]);
  });

  it('reads no further once it is closed', () => {
    const reader = new FrameReader({
      limits: defaultLimits,
      ends: readerEnds,
      portOf: () => {
        throw new Error('not called');
      },
    });
    const seen: string[] = [];
    reader.read(encode([{ kind: 'tick' }, { kind: 'bye', reason: 'x' }, { kind: 'tock' }]), ({ kind }) => {
      seen.push(kind);
      if (kind === 'bye') reader.close();
    });
    expect(seen).toEqual(['tick', 'bye']);
  });

  it('tells texts apart that are alike, and gives the same text for the same bytes', () => {
    const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '€', '1'), maxLength: 40 }));
    fc.assert(
      fc.property(texts, (sent) => {
        const signals: WireSignal[] = sent.map((text) => ({
          kind: 'message',
          to: other,
          message: { [text]: text },
        }));
        expect(decode(encode([...signals, ...signals]))).toStrictEqual([...signals, ...signals]);
      }),
      { numRuns: 200 },
    );
  });

  it('reads nothing from an empty frame', () => {
    expect(decode(new Uint8Array())).toStrictEqual([]);
  });

  it('leaves the node names of both ends out of calls, casts and messages, and restores the pids', () => {
    const signals: WireSignal[] = [
      { kind: 'call', to: other, call: 1, from: pid, request: 'r' },
      { kind: 'cast', to: other, request: 'r' },
      { kind: 'message', to: other, message: 'm' },
    ];
    const frame = encode(signals);
    expect(Buffer.from(frame).includes('127.0.0.1')).toBe(false);
    expect(decode(frame)).toEqual(signals);
  });

  it('carries the pids of third nodes whole', () => {
    const third = '<c@127.0.0.1/9.0/1>' as typeof pid;
    const signal: WireSignal = { kind: 'link', from: third, to: third };
    expect(decode(encode([signal]))).toEqual([signal]);
  });

  it('refuses a call in the name of a process of a third node', () => {
    const third = '<c@127.0.0.1/9.0/1>' as typeof pid;
    const signal: WireSignal = { kind: 'call', to: pid, call: 1, from: third, request: 'r' };
    expect(() => decode(encode([signal]))).toThrow(/call in the name of a process of another node/);
  });
});
