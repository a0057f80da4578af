import { FrameReader } from '../../../../packages/runtime/src/distribution/wire/frame-reader';
import { FrameWriter } from '../../../../packages/runtime/src/distribution/wire/frame-writer';
import {
  defaultLimits,
  longestFrameBytes,
  type Limits,
} from '../../../../packages/runtime/src/distribution/wire/limits';
import type { WireSignal } from '../../../../packages/runtime/src/distribution/wire/wire-signal';
import { ListedFrom, type FromIdentity } from '../../../../packages/runtime/src/terms/from';
import type { Pid } from '../../../../packages/runtime/src/terms/pid';

export const pid = '<a@127.0.0.1/7.1/2s>' as Pid;
export const localNode = 'b@127.0.0.1';

/** The ends of the fixture's connection, as the node that writes and the one that reads see them. */
export const writerEnds = { self: 'a@127.0.0.1', peer: localNode };
export const readerEnds = { self: localNode, peer: 'a@127.0.0.1' };

/** A caller that is told apart by its identity. */
export class TestFrom extends ListedFrom {
  readonly isOpen = true;
  readonly replies: unknown[] = [];

  constructor(readonly identity: FromIdentity) {
    super(identity.pid);
  }
  reply(value: unknown): void {
    this.replies.push(value);
  }
  fail(): void {
    throw new Error('not called');
  }
  identify(): FromIdentity {
    return this.identity;
  }
}

export function encode(signals: readonly WireSignal[], limits: Limits = defaultLimits): Uint8Array {
  const writer = new FrameWriter(limits, writerEnds);
  for (const signal of signals) writer.append(signal);
  return writer.take();
}

/** What is too long for a frame is decoded as the signal that its fragments have made up. */
export function decode(frame: Uint8Array, limits: Limits = defaultLimits): WireSignal[] {
  const signals: WireSignal[] = [];
  const reader = new FrameReader({ limits, ends: readerEnds, portOf: (identity) => new TestFrom(identity) });
  if (frame.length > longestFrameBytes) return [reader.readWhole(Buffer.from(frame))];
  reader.read(frame, (signal) => void signals.push(signal));
  return signals;
}

/** Sends a value as a message, and returns it as it arrives. */
export function roundTrip(value: unknown): any {
  const [signal] = decode(encode([{ kind: 'message', to: pid, message: value }]));
  if (signal?.kind !== 'message') throw new Error(`expected a message, got ${signal?.kind}`);
  return signal.message;
}
