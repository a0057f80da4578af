import type { SeededRandom } from '@trestle/runtime/testing';
import { BadFrameError } from '../../packages/runtime/src/distribution/wire/bad-frame';
import { FrameReader } from '../../packages/runtime/src/distribution/wire/frame-reader';
import { defaultLimits } from '../../packages/runtime/src/distribution/wire/limits';
import { UnfinishedSignals } from '../../packages/runtime/src/distribution/wire/unfinished-signals';
import type { WireSignal } from '../../packages/runtime/src/distribution/wire/wire-signal';
import type { FromIdentity } from '../../packages/runtime/src/terms/from';
import type { Pid } from '../../packages/runtime/src/terms/pid';
import { TestFrom } from '../runtime/distribution/wire/wire-fixture';
import { mutate } from './mutate';
import { sampleFrames } from './samples';
import { checkPrototypes } from './prototypes';

const [self, peer] = ['a@127.0.0.1', 'b@127.0.0.1'];
const limits = { ...defaultLimits, maxFrameBytes: 64 * 1024, maxValues: 10_000 };
const frames = (): Uint8Array[] =>
  sampleFrames({
    self,
    peer,
    from: `<${self}/1.0/a>` as Pid,
    to: `<${peer}/1.0/b>` as Pid,
    name: 'server',
  });

/** How the frames of a run fared. */
export interface DecoderTally {
  accepted: number;
  refused: number;
}

/**
 * Hands frames that are nearly right to a decoder, as a connection does.
 * @throws what no node may throw for a frame, whatever is in it
 */
export function fuzzDecoder(random: SeededRandom, iterations: number): DecoderTally {
  const samples = frames();
  const tally = { accepted: 0, refused: 0 };
  let wire = new DecodedWire();
  for (let i = 0; i < iterations; i += 1) {
    const frame = mutate(random.pick(samples), random);
    try {
      wire.take(frame);
      tally.accepted += 1;
    } catch (error) {
      if (!isRefusal(error)) throw found(frame, error);
      // A connection is closed at the first bad frame.
      wire = new DecodedWire();
      tally.refused += 1;
    }
    checkPrototypes(frame);
  }
  return tally;
}

/** The receiving end of a connection, without one. */
class DecodedWire {
  private readonly unfinished = new UnfinishedSignals(limits.maxFrameBytes);
  private readonly reader = new FrameReader({
    limits,
    ends: { self: peer, peer: self },
    portOf: (identity: FromIdentity) => new TestFrom(identity),
  });

  take(frame: Uint8Array): void {
    if (!this.unfinished.isExpecting) {
      this.reader.read(frame, this.receive);
      return;
    }
    const whole = this.unfinished.take(frame);
    if (whole !== undefined) this.receive(this.reader.readWhole(whole));
    if (this.unfinished.byteLength > 3 * limits.maxFrameBytes) throw new Error('it holds too much');
  }

  private readonly receive = (signal: WireSignal): void => {
    if (signal.kind === 'fragment') this.unfinished.expect(signal);
  };
}

/** The platform says itself which lengths it does not take; everything else the decoder must have seen coming. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof BadFrameError)) return false;
  const { cause } = error;
  return cause === undefined || (cause instanceof RangeError && /multiple|size/i.test(cause.message));
}

function found(frame: Uint8Array, cause: unknown): Error {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new Error(`a frame made the decoder fail (${text}): ${Buffer.from(frame).toString('hex')}`, {
    cause,
  });
}
