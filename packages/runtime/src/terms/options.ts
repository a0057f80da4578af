import type { ZodType } from 'zod';
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
  throw new BadArgumentError({ call, expected: `${name} to be ${issue?.message ?? 'valid'}`, got });
}
