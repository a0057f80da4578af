import type { NodeName } from '@trestle/runtime';
import { mix, seedOf } from './mix';

/** Members that contend for keys, each by its place on the sorted list. */
export interface Contest {
  /** The member that has a key; 0 when there are none. */
  winner(hash: number): number;
  /** All members, the best for a key first. */
  ranking(hash: number): number[];
}

/** All members have the same chance. Of two that draw the same, the first in the order of names is better. */
export class EqualContest implements Contest {
  private readonly seeds: Int32Array;

  constructor(members: readonly NodeName[]) {
    this.seeds = Int32Array.from(members, seedOf);
  }

  winner(hash: number): number {
    const { seeds } = this;
    let best = 0;
    let highest = -Infinity;
    for (let i = 0; i < seeds.length; i++) {
      const drawn = mix(hash ^ (seeds[i] ?? 0));
      if (drawn <= highest) continue;
      highest = drawn;
      best = i;
    }
    return best;
  }

  ranking(hash: number): number[] {
    return ranked(Array.from(this.seeds, (seed) => mix(hash ^ seed)));
  }
}

/** The chance of a member grows with its weight: -ln(u) / weight of a uniform u is least for it that often. */
export class WeightedContest implements Contest {
  private readonly seeds: Int32Array;
  private readonly weights: Float64Array;

  constructor(members: readonly NodeName[], weights: readonly number[]) {
    this.seeds = Int32Array.from(members, seedOf);
    this.weights = Float64Array.from(weights);
  }

  winner(hash: number): number {
    let best = 0;
    let highest = -Infinity;
    for (let i = 0; i < this.seeds.length; i++) {
      const drawn = this.draw(hash, i);
      if (drawn <= highest) continue;
      highest = drawn;
      best = i;
    }
    return best;
  }

  ranking(hash: number): number[] {
    return ranked(Array.from(this.seeds, (_seed, i) => this.draw(hash, i)));
  }

  private draw(hash: number, i: number): number {
    const uniform = ((mix(hash ^ (this.seeds[i] ?? 0)) >>> 0) + 0.5) / 2 ** 32;
    return Math.log(uniform) / (this.weights[i] ?? 1);
  }
}

function ranked(drawn: readonly number[]): number[] {
  return drawn.map((_number, i) => i).sort((a, b) => (drawn[b] ?? 0) - (drawn[a] ?? 0) || a - b);
}
