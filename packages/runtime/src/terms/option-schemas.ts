import { z } from '#zod';
import { LocalName } from './address';
import { isDuration } from './duration';
import { executableInsteadOf, isExecutable } from './executable';
import { isNodeName, type NodeName } from './node-name';
import { Via } from './via';

/* The kinds of values that many options take. An error says of each, wherever it stands, the same. */

export const durationSchema = z.custom<number>(isDuration, 'milliseconds (0 or more, or Infinity)');

/** A time that something takes: in none at all it would be over before it has begun. */
export const periodSchema = z.custom<number>(
  (value) => isDuration(value) && value > 0,
  'milliseconds (more than 0, or Infinity)',
);

export const nodeNameSchema = z.custom<NodeName>(isNodeName, "a node name of the form 'name@host'");

/** A name to start a server as. Whether a string can be one, `checkServerName` checks. */
export const nameSchema = z.union([z.string(), z.instanceof(LocalName), z.instanceof(Via)], {
  error: 'a string, a local name or a via name',
});

/** A name of a node. Whether a string can be one, `plainName` checks. */
export const plainNameSchema = z.union([z.string(), z.instanceof(LocalName)], {
  error: 'a string or a local name',
});

/** A text that is not empty, such as an id. */
export const textSchema = z.string('a string').min(1, 'a string that is not empty');

/** What tools call a process. */
export const labelSchema = z.string('a string');

export const flagSchema = z.boolean('true or false');

export function functionSchema<F>() {
  return z.custom<F>(isExecutable, {
    error: ({ input }) => executableInsteadOf(input),
  });
}

/** An object that has a method of the given name; `expected` says what it should be. */
export function objectWith<T>(method: string, expected: string) {
  const hasIt = (value: unknown): boolean =>
    typeof (value as Readonly<Record<string, unknown>> | null | undefined)?.[method] === 'function';
  return z.custom<T>(hasIt, expected);
}
