import type { ZodType } from 'zod';
import { BadArgumentError } from './errors';
import { prose } from './show';

/** Names that speak of secrets: who misspells such an option gives a secret where it is not known to be one. */
const secretName = /cookie|key|pass|secret|token|pem|pfx|credential/i;
const hidden = prose('something that is not shown');

/**
 * Checks options at the door.
 * @throws BadArgumentError that names the first wrong option, what was expected there and what was given
 */
export function checkOptions<T>(call: string, schema: ZodType<T>, options: unknown): T {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  throw new BadArgumentError({ call, ...problemOf(result.error.issues[0], options) });
}

/** What zod has to say about a value. */
export interface OptionIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The names that there should not be. */
  readonly keys?: readonly string[];
}

/**
 * What was expected of a value, and what is there.
 * @param whole what it is called as a whole; unless given, its parts go by their own names
 */
export function problemOf(
  issue: OptionIssue | undefined,
  value: unknown,
  whole?: string,
): { readonly expected: string; readonly got: unknown } {
  const path = issue?.path ?? [];
  const names = whole === undefined ? path : [whole, ...path];
  const name = names.length === 0 ? 'options' : names.map(String).join('.');
  const got = path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  );
  // Of an object with names too many only these are shown: what else it holds may be a secret.
  const shown = issue?.keys === undefined ? got : pick(got as Readonly<Record<string, unknown>>, issue.keys);
  return { expected: `${name} ${expectedOf(issue)}`, got: shown };
}

function pick(from: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, secretName.test(key) ? hidden : from[key]]));
}

/** What was expected, in the words of the schema where it has some. */
function expectedOf(issue: OptionIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') return `to have no '${issue.keys?.join("', '") ?? ''}'`;
  const message = issue?.message ?? 'valid';
  return `to be ${message.replace(/^Invalid input: expected ([^,]+), received .*$/, 'of type $1')}`;
}
