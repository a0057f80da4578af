// Time that stands still
export { VirtualClock } from './testing/virtual-clock';
export { settle } from './testing/settle';

// Chance that can be had again
export { SeededRandom } from './testing/seeded-random';

// Nodes and processes of a test
export { createTestNode, TestNode, type TestNodeOptions } from './testing/test-node';
export { createProbe, Probe, type ExpectOptions, type ProbeOptions } from './testing/probe';

// Nodes on a simulated network
export { Simulation } from './testing/simulation/simulation';
export type {
  CrashOptions,
  SetUp,
  SimulationOptions,
  StartOptions,
} from './testing/simulation/simulation-options';
export type { DisturbOptions, Fault } from './testing/simulation/disturbance';
export { forAllSeeds, type Scenario, type SeedsOptions } from './testing/simulation/for-all-seeds';
export { SimulatedNetwork, type CutOptions, type Which } from './testing/simulation/simulated-network';
export type { SimulatedNodeOptions } from './testing/simulation/simulated-node';
export type { Latency } from './testing/simulation/latency';

// What is left behind
export { expectNothingLeft, leakCheck, LeakCheck } from './testing/leak-check';
export { ExpectationError } from './testing/expectation-error';
