/** The memory in which a long signal came. */
import { isDeepStrictEqual } from 'node:util';
import { FrameReader } from '../../../../packages/runtime/src/distribution/wire/frame-reader';
import { defaultLimits } from '../../../../packages/runtime/src/distribution/wire/limits';
import { encode, pid, readerEnds, TestFrom } from './wire-fixture';

const mebibyte = 1024 * 1024;

/** Reads a message that came in memory of its own, and returns it beside that. */
function read(value: unknown): { readonly message: unknown; readonly memory: ArrayBuffer } {
  const bytes = Buffer.from(new Uint8Array(encode([{ kind: 'message', to: pid, message: value }])).buffer);
  const memory = bytes.buffer;
  const options = { limits: defaultLimits, ends: readerEnds };
  const reader = new FrameReader({ ...options, portOf: (identity) => new TestFrom(identity) });
  const signal = reader.readWhole(bytes);
  if (signal.kind !== 'message') throw new Error(`expected a message, got ${signal.kind}`);
  return { message: signal.message, memory };
}

it.each<[string, unknown]>([
  ['texts', { one: 'x'.repeat(mebibyte), other: 'ü'.repeat(1_000) }],
  ['small values', Array.from({ length: 100_000 }, (_, i) => ({ i }))],
  [
    'bytes, none of which are most of it',
    [Buffer.alloc(mebibyte, 1), Buffer.alloc(mebibyte, 2), new Uint8Array(mebibyte).fill(3)],
  ],
  ['numbers', new Float64Array(100_000).fill(1.5)],
])('is given back at once when the message holds %s', (_what, value) => {
  const { message, memory } = read(value);
  expect(memory.byteLength).toBe(0);
  expect(isDeepStrictEqual(message, value)).toBe(true);
});

it.each<[string, Uint8Array]>([
  ['a Buffer', Buffer.alloc(mebibyte, 7)],
  ['a Uint8Array', new Uint8Array(mebibyte).fill(7)],
])('is what the bytes of %s are in that are most of it', (_what, value) => {
  const { message, memory } = read({ payload: value, more: Buffer.alloc(10_000, 3) });
  const { payload, more } = message as { payload: Uint8Array; more: Uint8Array };
  expect(payload.buffer).toBe(memory);
  expect(more.buffer).not.toBe(memory);
  expect(isDeepStrictEqual([payload, more], [value, Buffer.alloc(10_000, 3)])).toBe(true);
});
