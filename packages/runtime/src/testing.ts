// Time that stands still
export { VirtualClock } from './testing/virtual-clock';
export { settle } from './testing/settle';

// Chance that can be had again
export { SeededRandom } from './testing/seeded-random';

// Nodes and processes of a test
export { createTestNode, TestNode, type TestNodeOptions } from './testing/test-node';
export { createProbe, Probe, type ExpectOptions, type ProbeOptions } from './testing/probe';

// What is left behind
export { expectNothingLeft, leakCheck, LeakCheck } from './testing/leak-check';
export { ExpectationError } from './testing/expectation-error';
