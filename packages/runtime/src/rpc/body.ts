import type { Self } from '../node/node';
import { checkFunction } from '../terms/executable';
import type { ExposedFunction } from './exposed';

/** The mark of an exposed function that wants the process it runs in. */
const isBody = Symbol('body');

/**
 * Makes a function that `spawnOn` runs as the body of a process: it gets `self` before the arguments.
 * @throws BadArgumentError if it is no function
 * @example node.expose('Workers', { echo: body(async (self, greeting: string) => { … }) })
 */
// What arrives is for the author of the function to say, and to check.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function body(fn: (self: Self<any>, ...args: any[]) => unknown): ExposedFunction {
  checkFunction('body', fn);
  return Object.assign((self: Self, ...args: unknown[]) => fn(self, ...args), { [isBody]: true });
}

/** Executes an exposed function in a process. */
export function runs(fn: ExposedFunction, self: Self, args: readonly unknown[]): unknown {
  return isBody in fn ? fn(self, ...args) : fn(...args);
}
