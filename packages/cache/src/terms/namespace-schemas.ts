import { BadArgumentError } from '@trestle/runtime';
import { problemOf } from '@trestle/runtime/internal';
import type { ZodType } from 'zod';

/** What the values of namespaces must be, by the names of these. */
export type NamespaceSchemas = Readonly<Record<string, ZodType>>;

/** The schema of a namespace, if it has one. */
export function schemaOf(schemas: NamespaceSchemas, namespace: unknown): ZodType | undefined {
  return typeof namespace === 'string' && Object.hasOwn(schemas, namespace) ? schemas[namespace] : undefined;
}

/**
 * What a schema makes of a value.
 * @throws BadArgumentError if it does not fit, with the path of what does not
 */
export function fitValue(call: string, namespace: string, schema: ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problem = problemOf(result.error.issues[0], value, 'value');
  throw new BadArgumentError({ call: `cache ${call} in '${namespace}'`, ...problem });
}
