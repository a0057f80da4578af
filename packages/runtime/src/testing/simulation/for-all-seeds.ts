import { z } from '#zod';
import { BadArgumentError } from '../../terms/errors';
import { functionSchema, textSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import { ExpectationError } from '../expectation-error';
import { Simulation } from './simulation';
import type { SimulationOptions } from './simulation-options';

const defaultSeeds = 200;
/** How much virtual time a scenario may take. */
const scenarioWithinMs = 24 * 60 * 60 * 1_000;
/** How many events are shown of a scenario that failed. */
const shownEvents = 40;

/** A test on a simulation. While it waits time goes by. */
export type Scenario = (simulation: Simulation) => unknown;

/** With which seeds a scenario is tried. */
export interface SeedsOptions {
  /** How many; the environment variable `SEEDS` overrides it. Default 200. */
  readonly seeds?: number;
  /** The first one. Default 0. */
  readonly first?: number;
  /** What the simulations are made with besides the seed. */
  readonly simulation?: Omit<SimulationOptions, 'seed'>;
}

/** A claim that is tried with no seed would hold whatever it says. */
const leastSeeds = 1;
const schema = z.strictObject({
  seeds: z.custom<number>(wholeFrom(leastSeeds), words(leastSeeds)).optional(),
  first: z.custom<number>(wholeFrom(0), words(0)).optional(),
  simulation: z.unknown().optional(),
});

/**
 * Tries a scenario with many seeds, one after another, each on a simulation of its own, which is stopped in the end.
 * `SEED=17` in the environment tries that one alone; `SEEDS=5000` so many.
 * @param claim what the scenario shows, for the error
 * @throws ExpectationError with the first seed that fails, how (`cause` is the error) and what happened before
 */
export async function forAllSeeds(
  claim: string,
  scenario: Scenario,
  options: SeedsOptions = {},
): Promise<void> {
  checkOptions('forAllSeeds', z.object({ claim: textSchema, scenario: functionSchema() }), {
    claim,
    scenario,
  });
  checkOptions('forAllSeeds', schema, options);
  const seeds = chosenSeeds(options, process.env);
  for (const seed of seeds) {
    const simulation = new Simulation({ ...options.simulation, seed });
    try {
      await simulation.until(perform(scenario, simulation), { withinMs: scenarioWithinMs });
    } catch (error) {
      throw failure(claim, simulation, error);
    }
  }
}

async function perform(scenario: Scenario, simulation: Simulation): Promise<void> {
  await scenario(simulation);
  await simulation.stop();
}

function chosenSeeds(
  { seeds = defaultSeeds, first = 0 }: SeedsOptions,
  env: Readonly<Record<string, string | undefined>>,
): number[] {
  const only = numberIn(env, 'SEED', 0);
  if (only !== undefined) return [only];
  return Array.from({ length: numberIn(env, 'SEEDS', leastSeeds) ?? seeds }, (_, index) => first + index);
}

function numberIn(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  least: number,
): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  if (wholeFrom(least)(Number(text))) return Number(text);
  throw new BadArgumentError({ call: 'forAllSeeds', expected: `${name} to be ${words(least)}`, got: text });
}

function wholeFrom(least: number): (value: unknown) => boolean {
  return (value) => Number.isInteger(value) && (value as number) >= least;
}

function words(least: number): string {
  return `a whole number, ${String(least)} or more`;
}

function failure(claim: string, { seed, events }: Simulation, error: unknown): ExpectationError {
  const left = events.length - shownEvents;
  const shown = [...(left > 0 ? [`(${String(left)} events before)`] : []), ...events.slice(-shownEvents)];
  const what = error instanceof Error ? error.message : String(error);
  const lines = shown.map((event) => `  ${event}`).join('\n');
  return new ExpectationError(
    `${claim}: it fails with seed ${String(seed)} (SEED=${String(seed)} tries it again)\n${what}\nwhat happened:\n${lines}`,
    { cause: error },
  );
}
