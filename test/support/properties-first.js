'use strict';

const { readFileSync } = require('node:fs');
const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Where nobody knows yet how long suites take, those that try many seeds come first: they take longest, and the worker
 * that had one of them last would end alone.
 */
class PropertiesFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.every(({ duration }) => duration !== undefined)) return sorted;
    const weights = new Map(sorted.map(({ path }) => [path, countProperties(path)]));
    return sorted.sort((a, b) => weights.get(b.path) - weights.get(a.path));
  }
}

function countProperties(path) {
  return readFileSync(path, 'utf8').match(/\b(?:itHolds|forAllSeeds)\(/g)?.length ?? 0;
}

module.exports = PropertiesFirst;
