import * as fc from 'fast-check';
import { SendQueue } from '../../../../packages/runtime/src/distribution/connection/send-queue';
import { FrameReader } from '../../../../packages/runtime/src/distribution/wire/frame-reader';
import { LentMemory } from '../../../../packages/runtime/src/distribution/wire/lent-memory';
import { defaultLimits } from '../../../../packages/runtime/src/distribution/wire/limits';
import { UnfinishedSignals } from '../../../../packages/runtime/src/distribution/wire/unfinished-signals';
import { SpareMemory } from '../../../../packages/runtime/src/distribution/wire/spare-memory';
import type { WireSignal } from '../../../../packages/runtime/src/distribution/wire/wire-signal';
import type { Pid } from '../../../../packages/runtime/src/terms/pid';

const to = '<b@h/1.0/1>' as Pid;

/** A network that reads the memory of what is sent as late as it may: when that has left. */
class LateNetwork {
  hasRoom = true;
  readonly byteLength = 0;
  readonly arrived: Uint8Array[] = [];
  private readonly underWay: { readonly frame: Uint8Array; readonly whenSent: (() => void) | undefined }[] =
    [];

  sendFrame(frame: Uint8Array, whenSent?: () => void): void {
    this.underWay.push({ frame, whenSent });
  }

  /** The first so many frames leave. */
  leave(count = this.underWay.length): void {
    for (const { frame, whenSent } of this.underWay.splice(0, count)) {
      this.arrived.push(Buffer.from(frame));
      whenSent?.();
    }
  }

  together(send: () => void): void {
    send();
  }

  limit(): void {
    return;
  }
}

/** The messages in frames. */
function messagesIn(frames: readonly Uint8Array[]): unknown[] {
  const messages: unknown[] = [];
  const unfinished = new UnfinishedSignals(defaultLimits.maxFrameBytes);
  const portOf = (): never => {
    throw new Error('no port');
  };
  const reader = new FrameReader({ limits: defaultLimits, ends: { self: 'b@h', peer: 'a@h' }, portOf });
  const receive = (signal: WireSignal): void => {
    if (signal.kind === 'fragment') unfinished.expect(signal);
    else if (signal.kind === 'message') messages.push(signal.message);
  };
  for (const frame of frames) {
    if (!unfinished.isExpecting) reader.read(frame, receive);
    else {
      const whole = unfinished.take(frame);
      if (whole !== undefined) receive(reader.readWhole(whole));
    }
  }
  return messages;
}

type Step =
  | { readonly kind: 'send'; readonly sender: number; readonly length: number }
  | { readonly kind: 'leave'; readonly frames: number }
  | { readonly kind: 'turn'; readonly hasRoom: boolean };

const length = fc.oneof(
  fc.nat(2_000),
  fc.integer({ min: 60_000, max: 80_000 }),
  fc.integer({ min: 100_000, max: 700_000 }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), sender: fc.nat(2), length }),
  fc.record({ kind: fc.constant('leave' as const), frames: fc.nat(20) }),
  fc.record({ kind: fc.constant('turn' as const), hasRoom: fc.boolean() }),
);

describe('the memory of what is sent', () => {
  it('is used again only when what was in it has left, however late that is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const network = new LateNetwork();
        const queue = new SendQueue({
          limits: defaultLimits,
          ends: { self: 'a@h', peer: 'b@h' },
          sink: network,
          nobody: '<a@h/1/0>' as Pid,
          nextTurn: (callback) => void Promise.resolve().then(callback),
          onPumped: () => {},
        });
        const sent: string[] = [];
        for (const [n, step] of steps.entries()) {
          if (step.kind === 'send') {
            const message = Buffer.alloc(step.length, n);
            sent.push(`${n}: ${step.length}`);
            queue.push({ kind: 'message', to, message: [n, message] }, `<a@h/${step.sender}.0/0>` as Pid);
          } else if (step.kind === 'leave') network.leave(step.frames);
          else {
            network.hasRoom = step.hasRoom;
            queue.pump();
            await Promise.resolve();
          }
        }
        queue.flushAll();
        network.leave();
        const arrived = (messagesIn(network.arrived) as [number, Buffer][]).map(([n, bytes]) => {
          const isIntact = bytes.equals(Buffer.alloc(bytes.length, n));
          return `${n}: ${isIntact ? bytes.length : 'broken'}`;
        });
        expect(arrived.sort()).toEqual(sent.sort());
      }),
      { numRuns: 100 },
    );
  });
});

describe('lent memory', () => {
  const [one, other] = [new ArrayBuffer(1), new ArrayBuffer(2)];

  it('is free when it is left, if nothing of it is lent', () => {
    const memory = new LentMemory();
    expect(memory.takeFree()).toBeUndefined();
    memory.leave(one);
    expect(memory.takeFree()).toEqual([one]);
    expect(memory.takeFree()).toBeUndefined();
  });

  it('is free when it is left and all parts that were lent are back, in whichever order', () => {
    const memory = new LentMemory();
    for (const block of [one, one, other]) memory.lend(block);
    memory.leave(one);
    memory.giveBack(one);
    memory.giveBack(other);
    expect(memory.takeFree()).toBeUndefined();
    memory.giveBack(one);
    memory.leave(other);
    expect(memory.takeFree()).toEqual([one, other]);
  });
});

describe('spare memory', () => {
  it('is given back at once if it is too much, and else is used again', () => {
    const memory = new SpareMemory();
    const buffers = Array.from({ length: 20 }, () => new ArrayBuffer(72 * 1024));
    for (const buffer of buffers) memory.add(buffer);
    const [gone, kept] = [buffers.slice(0, 4), buffers.slice(4)];
    expect(gone.map(({ byteLength }) => byteLength)).toStrictEqual([0, 0, 0, 0]);
    const taken = kept.map(() => memory.take(72 * 1024).buffer);
    expect(new Set(taken)).toStrictEqual(new Set(kept));
    expect(kept).not.toContain(memory.take(72 * 1024).buffer);
  });
});
