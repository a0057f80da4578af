import { FrameWriter } from '../../packages/runtime/src/distribution/wire/frame-writer';
import { defaultLimits } from '../../packages/runtime/src/distribution/wire/limits';
import type { WireSignal } from '../../packages/runtime/src/distribution/wire/wire-signal';
import { nodeItself } from '../../packages/runtime/src/terms/spawn-signal';
import type { Pid } from '../../packages/runtime/src/terms/pid';
import type { Ref } from '../../packages/runtime/src/terms/ref';

/** One value of each kind that travels. */
const values: readonly unknown[] = [
  null,
  undefined,
  -0,
  1.5,
  2n ** 80n,
  'text',
  '\ud800 alone',
  'ü'.repeat(90),
  Buffer.from('bytes'),
  new Float64Array([1, 2]),
  new BigInt64Array([-1n]),
  new ArrayBuffer(3),
  [1, [2, [3]]],
  { a: 1, b: { c: [] } },
  new Map<unknown, unknown>([['key', { deep: new Set([1]) }]]),
  new Date(0),
  new Date(8.64e15),
  new TypeError('wrong', { cause: new Error('deeper') }),
];

/** What a signal of the samples is about. */
export interface SampleEnds {
  readonly self: string;
  readonly peer: string;
  /** A process of the node that writes, and one of the node that reads. */
  readonly from: Pid;
  readonly to: Pid;
  /** A name on the node that reads. */
  readonly name: string;
}

/** Frames as a node writes them: each kind of signal, and each kind of value. */
export function sampleFrames(ends: SampleEnds): Uint8Array[] {
  const single = signalsOf(ends).map((signal) => frameOf([signal], ends));
  const message = values.map((value) => frameOf([{ kind: 'message', to: ends.to, message: value }], ends));
  return [...single, ...message, frameOf(signalsOf(ends), ends), ...fragmentsOf(ends)];
}

function signalsOf({ self, peer, from, to, name }: SampleEnds): WireSignal[] {
  const ref = `#Ref<${self}/7/a>` as Ref;
  const named = { name, node: peer };
  const caller = { pid: to, node: peer, creation: 3, call: 5 };
  return [
    { kind: 'message', to, message: { hello: ['world', 1, true] } },
    { kind: 'message', to: named, message: values.slice(0, 12) },
    { kind: 'cast', to, request: { type: 'x' } },
    { kind: 'call', to: named, call: 7, from, request: [1, 2, 3] },
    { kind: 'reply', call: 1, value: { ok: true } },
    { kind: 'callFailed', call: 2, failure: { kind: 'exit', reason: 'normal' } },
    { kind: 'callFailed', call: 2, failure: { kind: 'nodedown', node: peer, mayHaveLeft: true } },
    { kind: 'cancelCall', call: 7 },
    { kind: 'portReply', to: caller, value: 1 },
    { kind: 'link', from, to },
    { kind: 'unlink', from, to },
    { kind: 'exit', from, to, reason: { odd: [1] } },
    { kind: 'linkExit', from, to, reason: 'normal' },
    { kind: 'monitor', ref, from, to: named },
    { kind: 'demonitor', ref, from, to: named },
    { kind: 'down', ref, to, pid: from, reason: 'killed' },
    { kind: 'nodes', names: ['c@127.0.0.1', 'd@127.0.0.1'] },
    { kind: 'tick' },
    { kind: 'tock' },
    { kind: 'aliasMessage', alias: ref, message: 'late' },
    { kind: 'leaving', seen: false },
    { kind: 'pulse', port: 4711 },
    { kind: 'departed', nodes: [{ name: 'c@127.0.0.1', creation: 3 }] },
    { kind: 'fragment', id: 1, left: 10, length: 20 },
    {
      kind: 'spawnRequest',
      ref,
      from,
      to: { name: nodeItself, node: peer },
      code: { module: 'Node', fn: 'list' },
      args: [1, { deep: [] }],
      link: true,
      monitor: true,
      options: { label: 'x', mailbox: { maxMessages: 3 } },
    },
    { kind: 'spawnReply', ref, to, pid: from, link: true, monitor: true, problem: undefined },
    { kind: 'bye', reason: 'shutdown' },
  ];
}

function frameOf(signals: readonly WireSignal[], ends: SampleEnds): Uint8Array {
  const writer = new FrameWriter(defaultLimits, ends);
  for (const signal of signals) writer.append(signal);
  return writer.take();
}

/** A long message in its two fragments: the frame that announces each, and each. */
function fragmentsOf(ends: SampleEnds): Uint8Array[] {
  const whole = frameOf([{ kind: 'message', to: ends.to, message: 'x'.repeat(100) }], ends);
  const [head, rest] = [whole.subarray(0, 50), whole.subarray(50)];
  const announce = (left: number, length: number): Uint8Array =>
    frameOf([{ kind: 'fragment', id: 9, left, length }], ends);
  return [announce(rest.length, head.length), head, announce(0, rest.length), rest];
}
