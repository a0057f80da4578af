export { VirtualClock } from '@trestle/runtime/testing';
export { settle } from './test-node';
