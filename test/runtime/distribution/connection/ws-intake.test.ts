import { once } from 'node:events';
import type { Socket as Stream } from 'node:net';
import { PassThrough } from 'node:stream';
import * as fc from 'fast-check';
import { WsIntake } from '../../../../packages/runtime/src/distribution/socket/ws-intake';

const binary = 2;
const maxFrameBytes = 100_000;

interface Frame {
  readonly opcode?: number;
  readonly isFinal?: boolean;
  readonly mask?: number;
  readonly payload: Uint8Array;
}

/** A frame as a client sends it; the bytes of a mask are all the same. */
function bytesOf({ opcode = binary, isFinal = true, mask = 0, payload }: Frame): Buffer {
  const { length } = payload;
  const head = [(isFinal ? 0x80 : 0) | opcode, 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127)];
  const width = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  for (let i = width - 1; i >= 0; i -= 1) head.push(Math.floor(length / 256 ** i) % 256);
  return Buffer.from([...head, mask, mask, mask, mask, ...payload.map((byte) => byte ^ mask)]);
}

/** An intake before a listener that stands for `ws`, and what each of them has got. */
function newIntake(roomFor: (length: number) => Uint8Array | undefined = () => undefined): {
  readonly stream: PassThrough;
  readonly intake: WsIntake;
  readonly messages: Buffer[];
  readonly toWs: () => Buffer;
} {
  const stream = new PassThrough();
  const passed: Buffer[] = [];
  const messages: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => passed.push(Buffer.from(chunk)));
  const onBinary = (message: Uint8Array): void => void messages.push(Buffer.from(message));
  const intake = new WsIntake(stream as unknown as Stream, {
    masked: true,
    maxFrameBytes,
    roomFor,
    onBinary,
  });
  return { stream, intake, messages, toWs: () => Buffer.concat(passed) };
}

/** Bytes in memory of their own, as a socket reads them. */
function own(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

describe('the intake of a WebSocket', () => {
  const hello: Frame = { payload: Buffer.from('hello') };
  const forWs: readonly (readonly [string, Frame])[] = [
    ['a text', { opcode: 1, payload: Buffer.from('text') }],
    ['a ping', { opcode: 9, payload: Buffer.from('ping') }],
    ['an empty message', { payload: Buffer.alloc(0) }],
    ['a message whose mask is not zero', { mask: 0x55, payload: Buffer.from('masked') }],
    ['a message that is too long', { payload: Buffer.alloc(maxFrameBytes + 1) }],
  ];

  it('hands on messages whole and in order, and all else to ws, however the bytes come apart', () => {
    const length = fc.oneof(fc.nat(300), fc.constantFrom(125, 126, 65_535, 65_536));
    const ours = length.map((size): Frame => ({ payload: new Uint8Array(Math.max(1, size)).fill(size) }));
    const others = fc.constantFrom(...forWs.map(([, frame]) => frame));
    const frames = fc.array(fc.oneof({ weight: 3, arbitrary: ours }, others), { maxLength: 12 });
    fc.assert(
      fc.property(frames, fc.infiniteStream(fc.integer({ min: 1, max: 40_000 })), (sent, sizes) => {
        const { stream, intake, messages, toWs } = newIntake();
        intake.open();
        const isOurs = (frame: Frame): boolean => !forWs.some(([, other]) => other === frame);
        const bytes = Buffer.concat(sent.map(bytesOf));
        for (let at = 0; at < bytes.length;) {
          const end = at + (sizes.next().value as number);
          stream.emit('data', own(bytes.subarray(at, end)));
          at = end;
        }
        const expected = sent.filter(isOurs).map(({ payload }) => payload);
        expect(Buffer.concat(messages).equals(Buffer.concat(expected))).toBe(true);
        expect(messages.map((message) => message.length)).toEqual(expected.map((message) => message.length));
        const others = Buffer.concat(sent.filter((frame) => !isOurs(frame)).map(bytesOf));
        expect(toWs().equals(others)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it.each(forWs)('leaves %s to ws, and takes what follows', (_what, frame) => {
    const { stream, intake, messages, toWs } = newIntake();
    intake.open();
    stream.emit('data', Buffer.concat([bytesOf(frame), bytesOf(hello)]));
    expect(toWs().equals(bytesOf(frame))).toBe(true);
    expect(messages.map(String)).toEqual(['hello']);
  });

  it('leaves a frame that is not masked, as a client must, to ws', () => {
    const { stream, intake, messages, toWs } = newIntake();
    intake.open();
    const unmasked = Buffer.from([0x82, 1, 7]);
    stream.emit('data', unmasked);
    expect(toWs().equals(unmasked)).toBe(true);
    expect(messages).toStrictEqual([]);
  });

  it('leaves a message of several frames to ws, and whatever comes between them', () => {
    const { stream, intake, messages, toWs } = newIntake();
    intake.open();
    const first = bytesOf({ isFinal: false, payload: Buffer.from('one') });
    const ping = bytesOf({ opcode: 9, payload: Buffer.alloc(0) });
    const wrong = bytesOf(hello);
    const last = bytesOf({ opcode: 0, payload: Buffer.from('two') });
    for (const bytes of [first, ping, wrong, last, bytesOf(hello)]) stream.emit('data', bytes);
    expect(toWs().equals(Buffer.concat([first, ping, wrong, last]))).toBe(true);
    expect(messages.map(String)).toEqual(['hello']);
  });

  it('leaves everything to ws until it is opened, in the midst of a frame or not', () => {
    const { stream, intake, messages, toWs } = newIntake();
    const bytes = bytesOf(hello);
    stream.emit('data', bytes.subarray(0, 9));
    intake.open();
    stream.emit('data', bytes.subarray(9));
    stream.emit('data', bytes);
    expect(toWs().equals(bytes)).toBe(true);
    expect(messages.map(String)).toEqual(['hello']);
  });

  it('takes nothing behind a close frame, and nothing once it is stopped', () => {
    const closed = newIntake();
    closed.intake.open();
    const close = bytesOf({ opcode: 8, payload: Buffer.from([3, 232]) });
    closed.stream.emit('data', Buffer.concat([close, bytesOf(hello)]));
    expect(closed.toWs().equals(close)).toBe(true);
    const stopped = newIntake();
    stopped.intake.open();
    stopped.intake.stop();
    stopped.stream.emit('data', bytesOf(hello));
    expect([...closed.messages, ...stopped.messages]).toStrictEqual([]);
  });

  it('takes what a stream that was paused still holds when it closes', async () => {
    const { stream, intake, messages } = newIntake();
    intake.open();
    stream.pause();
    stream.write(bytesOf(hello));
    const closed = once(stream, 'close');
    stream.destroy();
    await closed;
    expect(messages.map(String)).toEqual(['hello']);
  });

  it('puts the bytes of a message where it is told to, and gives that memory to nobody', () => {
    const room = own(new Uint8Array(20_000));
    const { stream, intake, messages } = newIntake((length) => (length === room.length ? room : undefined));
    intake.open();
    const bytes = bytesOf({ payload: new Uint8Array(20_000).fill(7) });
    for (const part of [bytes.subarray(0, 5_000), bytes.subarray(5_000), bytesOf(hello)]) {
      stream.emit('data', own(part));
    }
    expect(room.equals(Buffer.alloc(20_000, 7))).toBe(true);
    expect(messages.map((message) => message.length)).toEqual([20_000, 5]);
  });

  it('gives the memory of what it has read back at once, but for what it has handed to ws', () => {
    const { stream, intake } = newIntake();
    intake.open();
    const payload = new Uint8Array(20_000);
    const [ours, theirs] = [own(bytesOf({ payload })), own(bytesOf({ mask: 1, payload }))];
    for (const bytes of [ours, theirs]) stream.emit('data', bytes);
    expect([ours.buffer.byteLength, theirs.length]).toEqual([0, 20_008]);
  });
});
