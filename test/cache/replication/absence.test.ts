import { Absence } from '../../../packages/cache/src/replication/comparison/absence';
import { stampAt } from '../../../packages/cache/src/versions/hybrid-clock';

const five = ['a@h', 'b@h', 'c@h', 'd@h', 'e@h'];
const forgottenMs = 1_000;

/** A node that sees these others, in this order of moments. */
function absent(self: string, members: readonly string[], ...moments: [at: number, there: string][]): number {
  const absence = new Absence(self, forgottenMs);
  absence.update(members, () => true, 0);
  for (const [at, there] of moments) absence.update(members, (node) => there.includes(node.charAt(0)), at);
  return absence.trustsFrom;
}

describe('what a node that was cut off from most others has', () => {
  it('cannot be trusted from before, if that took as long as deletions are remembered', () => {
    expect(absent('b@h', five, [2_000, 'c'], [2_999, 'acd'])).toBe(0);
    expect(absent('b@h', five, [2_000, 'c'], [3_000, 'acd'])).toBe(stampAt(2_000));
  });

  it('counts from when it was cut off, whoever else came and went meanwhile', () => {
    expect(absent('b@h', five, [2_000, 'c'], [2_600, 'd'], [2_900, ''], [3_100, 'cd'])).toBe(stampAt(2_000));
  });

  it('is good if it saw most again in between', () => {
    expect(absent('b@h', five, [2_000, 'c'], [2_600, 'ce'], [2_700, 'c'], [3_100, 'cd'])).toBe(0);
  });

  it('is good in that half of two which has the first member, and in the other one is not', () => {
    const four = five.slice(0, 4);
    expect(absent('b@h', four, [2_000, 'a'], [9_000, 'acd'])).toBe(0);
    expect(absent('c@h', four, [2_000, 'd'], [9_000, 'abd'])).toBe(stampAt(2_000));
    expect(absent('a@h', four, [2_000, 'd'], [9_000, 'bcd'])).toBe(0);
  });

  it('is good again when all of it was compared', () => {
    const absence = new Absence('b@h', forgottenMs);
    absence.update(five, () => true, 0);
    absence.update(five, () => false, 1_000);
    absence.update(five, () => true, 5_000);
    expect(absence.trustsFrom).toBe(stampAt(1_000));
    absence.trust();
    expect(absence.trustsFrom).toBe(0);
  });
});
