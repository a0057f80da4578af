import { BadArgumentError } from './errors';

/** Tells whether a value is a duration: 0 or more milliseconds, `Infinity` included. */
export function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

/** Checks a duration at the door. */
export function checkDuration(call: string, name: string, value: unknown): number {
  if (!isDuration(value)) {
    throw new BadArgumentError({
      call,
      expected: `${name} in milliseconds (0 or more, or Infinity)`,
      got: value,
    });
  }
  return value;
}
