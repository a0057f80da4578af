import { performance as ofNode } from 'node:perf_hooks';
import { nextTick } from 'node:process';

/** The clock that never goes back. The global of this name is a getter, which costs half as much again as the look. */
export const performance = ofNode;

/** Runs a callback once the event loop has had a turn. */
export function afterTurn(callback: () => void): void {
  setImmediate(callback);
}

/** Runs a callback when nothing is left to do that settled promises have set off, before whatever the event loop does. */
export function afterPromises(callback: () => void): void {
  nextTick(callback);
}
