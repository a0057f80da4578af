/**
 * What every module finds as a parameter of its own: in the context of a test a look at a global, `Math` too, is a call
 * out of the engine, and costs more than most of what is done with it. A name must be one that no module declares (libraries
 * have a class Set of their own) and no test replaces.
 */
const injectedGlobals = `
  AbortController AbortSignal AggregateError Array ArrayBuffer BigInt DataView Date Error Float64Array Infinity
  Int32Array JSON Map Math Number Object Promise Proxy RangeError Reflect RegExp String Symbol TypeError Uint32Array
  Uint8Array WeakMap WeakSet setImmediate
`;

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // The packages run from their sources: no build comes before a test.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'require', 'default'] },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/packages/[^/]+/dist/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript' },
          target: 'es2022',
          transform: { useDefineForClassFields: true },
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  sandboxInjectedGlobals: injectedGlobals.trim().split(/\s+/),
  testTimeout: 20_000,
  maxWorkers: 2,
  testSequencer: '<rootDir>/test/support/properties-first.js',
  reporters: ['default', '<rootDir>/test/support/summary-reporter.js'],
};
