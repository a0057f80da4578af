import { forAllSeeds, type Scenario, type SeedsOptions } from '@trestle/runtime/testing';

/** Tests a claim about simulated nodes with 200 seeds, or as many as `SEEDS` says; `SEED=17` tries that one. */
export function itHolds(claim: string, scenario: Scenario, options: SeedsOptions = {}): void {
  it(claim, () => forAllSeeds(claim, scenario, options), 600_000);
}
