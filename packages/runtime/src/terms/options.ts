import type { z, ZodType } from 'zod';
import { BadArgumentError } from './errors';

/**
 * Checks options at the door.
 * @throws BadArgumentError that names the first wrong option, what was expected there and what was given
 */
export function checkOptions<T>(call: string, schema: ZodType<T>, options: unknown): T {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path ?? [];
  const name = path.length === 0 ? 'options' : path.map(String).join('.');
  const got = path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    options,
  );
  throw new BadArgumentError({ call, expected: `${name} ${expectedOf(issue)}`, got });
}

/** What was expected, in the words of the schema where it has some. */
function expectedOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') return `to have no '${issue.keys.join("', '")}'`;
  const message = issue?.message ?? 'valid';
  return `to be ${message.replace(/^Invalid input: expected ([^,]+), received .*$/, 'of type $1')}`;
}
