import { z } from '#zod';
import { isDuration } from '../../terms/duration';
import { BadArgumentError } from '../../terms/errors';
import { isExecutable } from '../../terms/executable';
import { durationSchema, functionSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { Wanted } from '../../process/seen-message';

/** The options of a `receive`, whatever the type of its messages. */
export interface PatternOptions {
  readonly where?: ((message: never) => boolean) | undefined;
  readonly afterMs?: number | undefined;
}

type Test = (message: unknown) => boolean;

const schema = z.strictObject({
  where: functionSchema<Test>().optional(),
  afterMs: durationSchema.optional(),
});

/**
 * What a `receive` wants: by type or types, and guard.
 * @throws BadArgumentError if it is something else
 */
export function wantedOf(
  type: string | readonly string[] | undefined,
  options: PatternOptions | undefined,
): Wanted {
  const guard = options?.where as Test | undefined;
  if (guard !== undefined && !isExecutable(guard)) checkOptions('receive', schema, options);
  if (type === undefined) return guard ?? null;
  if (typeof type === 'string' && guard === undefined) return type;
  const byType = testOf(type);
  return guard === undefined ? byType : (m) => byType(m) && guard(m);
}

function testOf(type: string | readonly string[]): Test {
  if (typeof type === 'string') return (m) => typeOf(m) === type;
  if (Array.isArray(type)) return (m) => type.includes(typeOf(m));
  throw new BadArgumentError({
    call: 'receive',
    expected: 'a type, an array of types, or undefined',
    got: type,
  });
}

/**
 * How long a `receive` waits.
 * @throws BadArgumentError if its options are wrong: looked at closely only where they are not plainly right
 */
export function patienceOf(options: PatternOptions | undefined): number {
  if (options === undefined) return Infinity;
  const { afterMs, where } = (options as PatternOptions | null) ?? {};
  if (isDuration(afterMs)) return afterMs;
  if (where === undefined || 'afterMs' in options) checkOptions('receive', schema, options);
  return Infinity;
}

function typeOf(message: unknown): unknown {
  return (message as { type?: unknown } | null | undefined)?.type;
}
