import type { Pid } from '../../../../packages/runtime/src/terms/pid';
import { FrameOutlet } from '../../../../packages/runtime/src/distribution/connection/frame-outlet';
import { SendQueue } from '../../../../packages/runtime/src/distribution/connection/send-queue';
import type { Socket } from '../../../../packages/runtime/src/distribution/socket/transport';
import { FrameReader } from '../../../../packages/runtime/src/distribution/wire/frame-reader';
import { defaultLimits } from '../../../../packages/runtime/src/distribution/wire/limits';
import { settle } from '../../../support/test-node';

const to = '<b@h/1.0/1>' as Pid;

/** The messages in a frame. */
function messagesIn(frame: Uint8Array): unknown[] {
  const messages: unknown[] = [];
  const portOf = (): never => {
    throw new Error('no port');
  };
  new FrameReader({ limits: defaultLimits, ends: { self: 'b@h', peer: 'a@h' }, portOf }).read(
    frame,
    (signal) => {
      if (signal.kind === 'message') messages.push(signal.message);
    },
  );
  return messages;
}

describe('the queue of what is sent', () => {
  let frames: Uint8Array[];
  let queue: SendQueue;
  const send = (message: unknown): void => queue.push({ kind: 'message', to, message }, null);
  beforeEach(() => {
    frames = [];
    queue = new SendQueue({
      limits: defaultLimits,
      ends: { self: 'a@h', peer: 'b@h' },
      sink: {
        sendFrame: (frame) => frames.push(frame),
        hasRoom: true,
        together: (send) => send(),
        byteLength: 0,
        limit: () => {},
      },
      nobody: '<a@h/1/0>' as Pid,
      nextTurn: setImmediate,
      onPumped: () => {},
    });
  });

  it('puts everything of one turn into one frame, in order', async () => {
    for (let n = 0; n < 100; n++) send(n);
    expect(frames).toStrictEqual([]);
    await Promise.resolve();
    expect(frames.map(messagesIn)).toEqual([Array.from({ length: 100 }, (_, n) => n)]);
  });

  it('sends a short frame before the turn is over, and behind it longer ones, of what is sent in the turn', async () => {
    const sizes = (): readonly number[] => frames.map((frame) => messagesIn(frame).length);
    const sendAll = (count: number): void => {
      for (let n = 0; n < count; n++) send('x'.repeat(10_000));
    };
    sendAll(14);
    expect(sizes()).toEqual([1, 2, 7]);
    await Promise.resolve();
    expect(sizes()).toEqual([1, 2, 7, 4]);
    sendAll(2);
    expect(sizes()).toEqual([1, 2, 7, 4, 1]);
  });

  it('sends a message as it was when it was sent', async () => {
    const message = { state: 'before' };
    send(message);
    message.state = 'after';
    await Promise.resolve();
    expect(messagesIn(frames[0]!)).toEqual([{ state: 'before' }]);
  });

  it('goes on after a message that cannot travel, as if it had not been', async () => {
    send(1);
    expect(() => send([1, () => {}])).toThrow(/message\[1\]/);
    send(2);
    await Promise.resolve();
    expect(frames.map(messagesIn)).toEqual([[1, 2]]);
  });

  it('sends at once on demand, and nothing twice', async () => {
    send(1);
    queue.flush();
    await Promise.resolve();
    expect(frames.map(messagesIn)).toEqual([[1]]);
  });
});

describe('the outlet of frames', () => {
  /** A socket that takes frames, and does as the test says. */
  type Taking = Socket & { send: jest.Mock<void, [Uint8Array]>; bufferedAmount: number };
  const frame = (byte: number): Uint8Array => new Uint8Array([byte]);

  function outletTo(
    maxQueuedBytes = 1_000,
    highBytes = 2,
  ): {
    outlet: FrameOutlet;
    socket: Taking;
    overflows: number[];
    onFilled: jest.Mock;
  } {
    const overflows: number[] = [];
    const onFilled = jest.fn();
    const outlet = new FrameOutlet({
      marks: { highBytes, maxBytes: maxQueuedBytes },
      onFilled,
      onOverflow: (bytes) => overflows.push(bytes),
    });
    const socket = { send: jest.fn(), bufferedAmount: 0 } as unknown as Taking;
    return { outlet, socket, overflows, onFilled };
  }

  it('keeps frames until there is a socket, and sends them first', () => {
    const { outlet, socket } = outletTo();
    outlet.sendFrame(frame(1));
    outlet.sendFrame(frame(2));
    outlet.open(socket);
    outlet.sendFrame(frame(3));
    expect(socket.send.mock.calls.map(([sent]) => sent[0])).toEqual([1, 2, 3]);
    expect(outlet.framesSent).toBe(3);
  });

  it('says in a later turn, once, that more waits than may, and drops the rest', async () => {
    const { outlet, socket, overflows } = outletTo(2);
    for (let n = 0; n < 5; n++) outlet.sendFrame(frame(n));
    expect(overflows).toStrictEqual([]);
    await settle();
    expect(overflows).toEqual([3]);
    outlet.open(socket);
    expect(socket.send).not.toHaveBeenCalled();
  });

  it.each([
    [1, 0],
    [2, 1],
  ])('with %d bytes that wait and a high mark of 2 it tells %d times that much waits', (bytes, times) => {
    const { outlet, socket, overflows, onFilled } = outletTo();
    outlet.open(socket);
    socket.bufferedAmount = bytes;
    outlet.sendFrame(frame(1));
    expect(onFilled).toHaveBeenCalledTimes(times);
    expect(overflows).toStrictEqual([]);
  });

  it('gives a connection up at the last mark, though the high one may not be reached', async () => {
    const { outlet, overflows } = outletTo(1, 10);
    outlet.sendFrame(frame(1));
    outlet.sendFrame(frame(2));
    await settle();
    expect(overflows).toEqual([2]);
  });

  it('notices a socket that does not take what it is given', async () => {
    const { outlet, socket, overflows } = outletTo(2);
    outlet.open(socket);
    socket.bufferedAmount = 3;
    outlet.sendFrame(frame(1));
    await settle();
    expect(overflows).toEqual([3]);
  });
});
