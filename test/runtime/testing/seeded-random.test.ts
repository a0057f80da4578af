import { SeededRandom } from '@trestle/runtime/testing';

const draws = (random: SeededRandom): number[] => Array.from({ length: 20 }, () => random.float());

describe('a seeded random', () => {
  it('gives the same for the same seed, and something else for another', () => {
    expect(draws(new SeededRandom(7))).toEqual(draws(new SeededRandom(7)));
    expect(draws(new SeededRandom(7))).not.toEqual(draws(new SeededRandom(8)));
    expect(new SeededRandom(7).bytes(16)).toEqual(new SeededRandom(7).bytes(16));
  });

  it('gives each part a source of its own, whatever the others draw', () => {
    const one = new SeededRandom(7);
    const other = new SeededRandom(7);
    draws(other);
    expect(draws(one.fork('links'))).toEqual(draws(other.fork('links')));
    expect(draws(one.fork('links'))).not.toEqual(draws(one.fork('faults')));
  });

  it('is spread evenly, for neighbouring seeds too', () => {
    const firsts = Array.from({ length: 2_000 }, (_, seed) => new SeededRandom(seed).below(10));
    for (let digit = 0; digit < 10; digit++) {
      const share = firsts.filter((first) => first === digit).length / firsts.length;
      expect(share).toBeGreaterThan(0.07);
      expect(share).toBeLessThan(0.13);
    }
  });

  it('draws whole numbers, numbers between two, one of several, and another order', () => {
    const random = new SeededRandom('any text');
    const numbers = Array.from({ length: 200 }, () => random.below(3));
    expect(new Set(numbers)).toEqual(new Set([0, 1, 2]));
    for (let i = 0; i < 100; i++) {
      const between = random.between(5, 6);
      expect(between >= 5 && between < 6).toBe(true);
    }
    const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    expect(letters).toContain(random.pick(letters));
    expect([...random.shuffle(letters)].sort()).toEqual(letters);
    expect([random.chance(0), random.chance(1)]).toEqual([false, true]);
  });

  it('refuses what is no seed, and to pick from nothing', () => {
    expect(() => new SeededRandom(NaN)).toThrow(/a seed: a number or a text, got NaN/);
    expect(() => new SeededRandom(undefined as never)).toThrow(/got undefined/);
    expect(() => new SeededRandom(1).pick([])).toThrow(/something to pick from/);
  });
});
