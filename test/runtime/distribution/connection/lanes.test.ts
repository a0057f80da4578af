import fc from 'fast-check';
import { Lanes, type LanePiece } from '../../../../packages/runtime/src/distribution/connection/lanes';
import { fragmentBytes } from '../../../../packages/runtime/src/distribution/wire/limits';
import {
  maxUnfinished,
  UnfinishedSignals,
} from '../../../../packages/runtime/src/distribution/wire/unfinished-signals';
import type { Pid } from '../../../../packages/runtime/src/terms/pid';

const maxFrameBytes = 10 * fragmentBytes;
const [ann, bob, cat] = ['<ann>', '<bob>', '<cat>'] as Pid[] as [Pid, Pid, Pid];
const bytes = (length: number, value = 1): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(value);
const long = (fragments: number, value = 1): Uint8Array<ArrayBuffer> =>
  bytes(Math.ceil(fragments * fragmentBytes), value);
/** Whose a piece is, and what of it is left: `1:65536`; `1` if it is none. */
const label = ({ head, bytes: [value] }: LanePiece): string =>
  head === null ? String(value) : `${String(value)}:${String(head.left / fragmentBytes)}`;

function all(lanes: Lanes): LanePiece[] {
  const pieces: LanePiece[] = [];
  for (let piece = lanes.next(); piece !== undefined; piece = lanes.next()) pieces.push(piece);
  return pieces;
}

describe('what waits because its sender has sent something long', () => {
  let lanes: Lanes;
  beforeEach(() => (lanes = new Lanes(maxFrameBytes)));

  it('leaves in fragments of a fixed length, and the last one has the rest', () => {
    lanes.add(ann, long(2.5));
    const pieces = all(lanes);
    expect(pieces.map(({ head }) => head)).toEqual([
      { kind: 'fragment', id: 1, length: fragmentBytes, left: 1.5 * fragmentBytes },
      { kind: 'fragment', id: 1, length: fragmentBytes, left: 0.5 * fragmentBytes },
      { kind: 'fragment', id: 1, length: 0.5 * fragmentBytes, left: 0 },
    ]);
    expect(pieces.map(({ spent }) => spent?.length)).toStrictEqual([
      undefined,
      undefined,
      2.5 * fragmentBytes,
    ]);
    expect([lanes.isEmpty, lanes.byteLength, lanes.has(ann)]).toEqual([true, 0, false]);
  });

  it('makes room for others when it is finished', () => {
    lanes.add(ann, long(10));
    lanes.add(bob, long(10));
    all(lanes);
    lanes.add(ann, long(10, 1));
    lanes.add(bob, long(10, 2));
    lanes.add(cat, long(2, 3));
    expect(all(lanes).slice(0, 3).map(label)).toEqual(['1:9', '2:9', '1:8']);
  });

  it('leaves sender by sender in turns', () => {
    lanes.add(ann, long(3, 1));
    lanes.add(bob, long(2, 2));
    expect(lanes.has(bob)).toBe(true);
    expect(lanes.has(cat)).toBe(false);
    expect(all(lanes).map(label)).toEqual(['1:2', '2:1', '1:1', '2:0', '1:0']);
  });

  it('stays in order with what its sender has sent before, and short signals leave together', () => {
    lanes.add(ann, long(2, 1));
    lanes.add(ann, bytes(10, 2));
    lanes.add(ann, bytes(10, 3));
    lanes.add(ann, long(1.5, 4));
    lanes.add(ann, bytes(10, 5));
    expect(all(lanes).map(label)).toEqual(['1:1', '1:0', '2', '4:0.5', '4:0', '5']);
  });

  it('begins only when the other node has room for it: so many at a time', () => {
    for (let n = 0; n <= maxUnfinished; n += 1) lanes.add(String(n) as Pid, long(2, n));
    const begun = all(lanes).map(label);
    expect(begun.indexOf(`${maxUnfinished}:1`)).toBeGreaterThan(begun.indexOf('0:0'));
  });

  it('begins only when the other node has room for it: so much at a time', () => {
    lanes.add(ann, long(10, 1));
    lanes.add(bob, long(10, 2));
    lanes.add(cat, long(2, 3));
    const begun = all(lanes).map(label);
    expect(begun.indexOf('3:1')).toBeGreaterThan(begun.indexOf('1:0'));
  });

  it('is all sent, in the order of each sender, within the limits of the other node', () => {
    const signal = fc.record({
      sender: fc.constantFrom(...Array.from({ length: 12 }, (_, n) => String(n) as Pid)),
      length: fc.oneof(fc.integer({ min: 8, max: 100 }), fc.integer({ min: 8, max: maxFrameBytes })),
      /** How many pieces leave before it is added. */
      pause: fc.nat(4),
    });
    fc.assert(
      fc.property(fc.array(signal, { maxLength: 30 }), (signals) => {
        const lanes = new Lanes(maxFrameBytes);
        const arrived = new Arrived();
        signals.forEach(({ sender, length, pause }, n) => {
          for (let i = 0; i < pause; i += 1) arrived.take(lanes.next());
          if (length <= fragmentBytes && !lanes.has(sender)) arrived.note(Number(sender), n);
          else lanes.add(sender, numbered(Number(sender), n, length));
        });
        for (const piece of all(lanes)) arrived.take(piece);
        const sent = signals.map(({ sender }, n) => [Number(sender), n] as const);
        for (const { sender } of signals) {
          const of = ([from]: readonly [number, number]): boolean => from === Number(sender);
          expect(arrived.numbers.filter(of)).toEqual(sent.filter(of));
        }
        expect(lanes.byteLength).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

/** A signal that says whose it is, which, and how long. */
function numbered(sender: number, n: number, length: number): Uint8Array<ArrayBuffer> {
  const signal = new Uint8Array(length);
  signal.set([sender, n, length >> 16, (length >> 8) & 255, length & 255]);
  return signal;
}

/** The other node. */
class Arrived {
  readonly numbers: (readonly [number, number])[] = [];
  private readonly unfinished = new UnfinishedSignals(maxFrameBytes);

  note(sender: number, n: number): void {
    this.numbers.push([sender, n]);
  }

  take(piece: LanePiece | undefined): void {
    if (piece === undefined) return;
    if (piece.head !== null) this.unfinished.expect(piece.head);
    const whole = piece.head === null ? piece.bytes : this.unfinished.take(piece.bytes);
    for (let at = 0; whole !== undefined && at < whole.length;) {
      const [sender = 0, n = 0, high = 0, middle = 0, low = 0] = whole.subarray(at);
      this.note(sender, n);
      at += (high << 16) | (middle << 8) | low;
    }
  }
}
