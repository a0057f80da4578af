import type { Random } from '../terms/clock';
import { BadArgumentError } from '../terms/errors';

const uint32 = 2 ** 32;
/** Numbers drawn from a new generator before it is used: its first ones still resemble the seed. */
const warmUp = 12;

/**
 * Chance that can be had again: the same seed gives the same numbers. Fit for tests and for nothing secret.
 */
export class SeededRandom implements Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** @param seed a number or any text */
  constructor(readonly seed: number | string) {
    if (typeof seed !== 'string' && !Number.isFinite(seed)) {
      throw new BadArgumentError({ call: 'SeededRandom', expected: 'a seed: a number or a text', got: seed });
    }
    const text = String(seed);
    this.a = hash(text, 0x9e3779b9);
    this.b = hash(text, 0x243f6a88);
    this.c = hash(text, 0xb7e15162);
    for (let i = 0; i < warmUp; i++) this.next();
  }

  /** A number in [0, 1). */
  float(): number {
    return this.next() / uint32;
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.float() * limit);
  }

  /** A number from `from` to `to`. */
  between(from: number, to: number): number {
    return from + this.float() * (to - from);
  }

  /** True with this probability, from 0 to 1. */
  chance(probability: number): boolean {
    return this.float() < probability;
  }

  /**
   * One of several.
   * @throws BadArgumentError if there is none
   */
  pick<T>(from: readonly T[]): T {
    if (from.length === 0) {
      throw new BadArgumentError({ call: 'pick', expected: 'something to pick from', got: from });
    }
    return from[this.below(from.length)] as T;
  }

  /** The same in another order. */
  shuffle<T>(from: readonly T[]): T[] {
    const shuffled = [...from];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const other = this.below(i + 1);
      [shuffled[i], shuffled[other]] = [shuffled[other] as T, shuffled[i] as T];
    }
    return shuffled;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next() & 255);
  }

  /** A source of its own for a part of a test: however much one part draws, the others keep their numbers. */
  fork(part: string): SeededRandom {
    return new SeededRandom(`${String(this.seed)}/${part}`);
  }

  /** The generator sfc32: small, fast and well distributed. */
  private next(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

/** FNV-1a with a final mix, so that texts that differ in one letter begin far apart. */
function hash(text: string, basis: number): number {
  let value = basis;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
