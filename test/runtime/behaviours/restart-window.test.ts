import { RestartWindow } from '../../../packages/runtime/src/behaviours/supervisor/restart-window';
import fc from 'fast-check';

describe('the restart window', () => {
  it('admits as many restarts as it is told, and not one more', () => {
    const window = new RestartWindow({ restarts: 3, withinMs: 5_000 });
    expect([0, 1, 2, 3].map((now) => window.admit(now))).toEqual([true, true, true, false]);
  });

  it('admits another one once the oldest is more than its length ago', () => {
    const window = new RestartWindow({ restarts: 2, withinMs: 1_000 });
    expect([0, 600].map((now) => window.admit(now))).toEqual([true, true]);
    expect(window.admit(1_000)).toBe(false);
    expect(window.admit(1_001)).toBe(true);
    expect(window.admit(1_600)).toBe(false);
    expect(window.admit(1_601)).toBe(true);
  });

  it('admits none if it is told none', () => {
    expect(new RestartWindow({ restarts: 0, withinMs: 5_000 }).admit(0)).toBe(false);
  });

  it('admits all if it is told Infinity', () => {
    const window = new RestartWindow({ restarts: Infinity, withinMs: 1 });
    expect(Array.from({ length: 1_000 }, () => window.admit(0))).not.toContain(false);
  });

  it('remembers no more than the restarts of its length', () => {
    const window = new RestartWindow({ restarts: 1_000_000, withinMs: 10 });
    for (let now = 0; now < 100_000; now++) window.admit(now);
    expect(window.size).toBe(11);
  });

  it('remembers them in order when it grows after it has forgotten some', () => {
    const window = new RestartWindow({ restarts: 100, withinMs: 100 });
    for (const now of [0, 1, 2, 3, 102, 102, 102, 104]) window.admit(now);
    expect(window.size).toBe(4);
  });

  it('of another intensity remembers the same restarts, in order', () => {
    const window = new RestartWindow({ restarts: 100, withinMs: 100 });
    for (const now of [0, 1, 2, 3, 102]) window.admit(now);
    const other = window.under({ restarts: 3, withinMs: 100 });
    expect([other.size, other.admit(102)]).toEqual([3, false]);
    expect([other.admit(104), other.size]).toEqual([true, 2]);
  });

  it('decides as a list of all restarts would, until it refuses one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 }),
        (restarts, withinMs, steps) => {
          const window = new RestartWindow({ restarts, withinMs });
          const times: number[] = [];
          let now = 0;
          for (const step of steps) {
            now += step;
            times.push(now);
            const inWindow = times.filter((time) => now - time <= withinMs).length;
            expect(window.admit(now)).toBe(inWindow <= restarts);
            if (inWindow > restarts) return;
          }
        },
      ),
    );
  });
});
