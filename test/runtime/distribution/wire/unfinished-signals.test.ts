import { BadFrameError } from '../../../../packages/runtime/src/distribution/wire/bad-frame';
import {
  maxUnfinished,
  UnfinishedSignals,
} from '../../../../packages/runtime/src/distribution/wire/unfinished-signals';

describe('signals that come in fragments', () => {
  let signals: UnfinishedSignals;
  beforeEach(() => (signals = new UnfinishedSignals(1_000)));
  const announce = (id: number, left: number, length: number): void =>
    signals.expect({ kind: 'fragment', id, left, length });
  /** A fragment of so many bytes, each of them `byte`. */
  const come = (id: number, left: number, length: number, byte = id): Buffer | undefined => {
    announce(id, left, length);
    return signals.take(Buffer.alloc(length, byte));
  };

  it('are put together, several at a time', () => {
    expect(come(1, 3, 2)).toBeUndefined();
    expect(come(2, 1, 1)).toBeUndefined();
    expect(come(1, 1, 2, 7)).toBeUndefined();
    expect(come(2, 0, 1)).toEqual(Buffer.from([2, 2]));
    expect(come(1, 0, 1)).toEqual(Buffer.from([1, 1, 7, 7, 1]));
    expect(signals.byteLength).toBe(0);
  });

  it('tell where the bytes of the next frame belong, and find them there', () => {
    expect(signals.roomFor(2)).toBeUndefined();
    come(1, 2, 1);
    announce(1, 0, 2);
    expect(signals.roomFor(1)).toBeUndefined();
    const room = signals.roomFor(2) as Uint8Array;
    room.fill(7);
    expect(signals.take(room)).toEqual(Buffer.from([1, 7, 7]));
  });

  it('may have the number of one that is finished', () => {
    expect(come(1, 0, 2)).toEqual(Buffer.from([1, 1]));
    expect(come(1, 0, 3)).toEqual(Buffer.from([1, 1, 1]));
  });

  it('take memory as long as they are unfinished, and none when the connection is gone', () => {
    come(1, 300, 100);
    come(2, 500, 100);
    expect(signals.byteLength).toBe(1_000);
    announce(1, 200, 100);
    signals.clear();
    expect([signals.byteLength, signals.isExpecting]).toEqual([0, false]);
  });

  it.each<[string, RegExp, () => void]>([
    ['an empty fragment', /an empty fragment/, () => come(1, 5, 0)],
    ['one that does not end where the others say', /does not fit/, () => (come(1, 5, 5), come(1, 5, 5))],
    ['one that goes beyond the end', /does not fit/, () => (come(1, 5, 5), come(1, 0, 6))],
    ['one too long in all', /1001 bytes \(the limit is 1000\)/, () => come(1, 1_000, 1)],
    [
      'an announcement upon an announcement',
      /before another has come/,
      () => (announce(1, 1, 1), announce(2, 1, 1)),
    ],
    [
      'a fragment that was announced as a longer one',
      /another length/,
      () => (announce(1, 1, 2), signals.take(Buffer.alloc(1))),
    ],
    ['one with the highest numbers there are', /the limit is 1000/, () => come(2 ** 53 - 1, 2 ** 53 - 1, 1)],
    [
      'too many at a time',
      /too much in fragments/,
      () => {
        for (let id = 0; id <= maxUnfinished; id += 1) come(id, 1, 1);
      },
    ],
    ['too much at a time', /too much in fragments/, () => (come(1, 999, 1), come(2, 999, 1), come(3, 1, 1))],
  ])('are refused if no node sends them: %s', (_what, problem, act) => {
    expect(act).toThrow(problem);
    expect(act).toThrow(BadFrameError);
  });
});
