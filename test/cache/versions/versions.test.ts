import fc from 'fast-check';
import { HybridClock, stampAt, wallTimeOf } from '../../../packages/cache/src/versions/hybrid-clock';
import { compareVersions } from '../../../packages/cache/src/versions/version';
import {
  compareRecords,
  entryOf,
  Tombstone,
  type CacheRecord,
} from '../../../packages/cache/src/store/entry';

describe('a hybrid clock', () => {
  it('follows the wall clock, and tells its moments', () => {
    let now = 1_700_000_000_000;
    const clock = new HybridClock(() => now);
    expect(clock.next()).toBe(stampAt(now));
    now += 5;
    expect(wallTimeOf(clock.next())).toBe(now);
  });

  it('goes on when the wall clock stands still or goes back', () => {
    let now = 1_700_000_000_000;
    const clock = new HybridClock(() => now);
    const stamps = [clock.next(), clock.next(), ((now -= 60_000), clock.next()), clock.next()];
    expect(stamps.toSorted((a, b) => a - b)).toEqual(stamps);
    expect(new Set(stamps).size).toBe(4);
  });

  it('gives stamps above all it has given or seen, whatever the time', () => {
    const step = fc.record({ time: fc.integer({ min: 0, max: 1_000 }), seen: fc.option(fc.nat(2_000_000)) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let time = 0;
        let highest = -1;
        const clock = new HybridClock(() => time);
        for (const { time: at, seen } of steps) {
          time = at;
          if (seen !== null) clock.observe(seen);
          highest = Math.max(highest, seen ?? -1);
          const stamp = clock.next();
          expect(stamp).toBeGreaterThan(highest);
          highest = stamp;
        }
      }),
    );
  });

  it('is exact for the next two hundred years', () => {
    const stamp = stampAt(Date.UTC(2240, 0, 1));
    expect(Number.isSafeInteger(stamp + 1)).toBe(true);
    expect(wallTimeOf(stamp + 1_023)).toBe(Date.UTC(2240, 0, 1));
  });
});

describe('the newer of two records', () => {
  const record: fc.Arbitrary<CacheRecord> = fc
    .record({
      stamp: fc.nat(3),
      origin: fc.constantFrom('a@h', 'b@h', 'c@h'),
      end: fc.constantFrom(0, 5, 9),
      isBuried: fc.boolean(),
    })
    .map(({ stamp, origin, end, isBuried }) =>
      isBuried
        ? new Tombstone(stamp, origin, end)
        : entryOf(`${stamp} of ${origin}`, stamp, origin, end === 0 ? null : { at: end, slidingMs: 0 }),
    );
  const merge = (a: CacheRecord, b: CacheRecord): CacheRecord => (compareRecords(b, a) > 0 ? b : a);
  /** What all nodes must agree on: the version, and when it ends. */
  const essence = (one: CacheRecord): unknown => [
    one.stamp,
    one.origin,
    one instanceof Tombstone ? one.endedAt : (one.expiry?.at ?? Infinity),
  ];

  it('is the same in whatever order, grouping and number they meet', () => {
    fc.assert(
      fc.property(record, record, record, (a, b, c) => {
        expect(essence(merge(a, b))).toEqual(essence(merge(b, a)));
        expect(essence(merge(merge(a, b), c))).toEqual(essence(merge(a, merge(b, c))));
        expect(merge(a, a)).toBe(a);
        expect(merge(merge(a, b), b)).toBe(merge(a, b));
      }),
    );
  });

  it('is never the older version', () => {
    fc.assert(
      fc.property(record, record, (a, b) =>
        expect(compareVersions(merge(a, b), a)).toBeGreaterThanOrEqual(0),
      ),
    );
  });

  it('is, of one version, the one that lives longer', () => {
    const ended = new Tombstone(1, 'a@h', 500);
    const prolonged = entryOf('v', 1, 'a@h', { at: 900, slidingMs: 400 });
    expect(merge(ended, prolonged)).toBe(prolonged);
    expect(merge(prolonged, ended)).toBe(prolonged);
    const deleted = new Tombstone(2, 'a@h', 0);
    expect(merge(prolonged, deleted)).toBe(deleted);
  });
});
