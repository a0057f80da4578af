import { z } from '#zod';
import { isDuration } from '../../terms/duration';
import type { SeededRandom } from '../seeded-random';

/** How long what is sent takes to arrive, in milliseconds: always the same, between two bounds, or drawn by a function. */
export type Latency = number | readonly [fromMs: number, toMs: number] | ((random: SeededRandom) => number);

/** A local network, unless told otherwise. */
export const defaultLatency: Latency = [0.2, 2];

/** Checks a latency at the door. */
export const latencySchema = z.custom<Latency>(
  isLatency,
  'a latency: milliseconds, [from, to] in milliseconds, or a function of a random that gives milliseconds',
);

/** Draws one. What a function gives is taken for what it can be: a time that is not negative. */
export function drawLatency(latency: Latency, random: SeededRandom): number {
  if (typeof latency === 'number') return latency;
  if (typeof latency !== 'function') return random.between(latency[0], latency[1]);
  const drawn = latency(random);
  return isTime(drawn) ? drawn : 0;
}

/** In words, for the events of a simulation. */
export function describeLatency(latency: Latency): string {
  if (typeof latency === 'function') return 'it takes a time that is drawn';
  return `it takes ${[latency].flat().map(String).join(' to ')} ms`;
}

function isLatency(value: unknown): boolean {
  if (typeof value === 'function' || isTime(value)) return true;
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [from, to] = value as unknown[];
  return isTime(from) && isTime(to) && from <= to;
}

function isTime(value: unknown): value is number {
  return isDuration(value) && value !== Infinity;
}
