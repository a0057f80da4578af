export { checkOptions } from './terms/options';
export { checkDuration, isDuration } from './terms/duration';
export { systemClock } from './node/system-clock';
export { systemRandom } from './node/system-random';
export { LocalNode } from './node/local-node';
export { NodeLog } from './node/logger';
