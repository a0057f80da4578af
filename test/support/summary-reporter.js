'use strict';

/** Ends a run with one line that a machine can read: `N passed, N failed`. */
class SummaryReporter {
  onRunComplete(_contexts, results) {
    // A suite that does not even load has no failed test, yet it is a failure.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed\n`);
  }
}

module.exports = SummaryReporter;
