import type { OptionIssue } from '../../terms/options';

/** What the env of an application must be: a zod object, or what does as one. */
export interface EnvSchema<Env> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Env }
    | { readonly success: false; readonly error: { readonly issues: readonly OptionIssue[] } };
}

/** What there is of a schema if it is a zod object. */
interface ObjectSchema extends EnvSchema<unknown> {
  readonly _zod?: { readonly def?: { readonly catchall?: unknown } };
  readonly shape?: Readonly<Record<string, EnvSchema<unknown>>>;
  strict?(): EnvSchema<unknown>;
}

/** A name that is misspelt must not pass for nothing: a schema takes no other names than its own, unless it says so. */
export function strict(schema: EnvSchema<unknown>): EnvSchema<unknown> {
  const object = schema as ObjectSchema;
  return object._zod?.def?.catchall === undefined && object.strict !== undefined ? object.strict() : schema;
}

/** The schemas of the parts of an env, by their names; nothing if it does not tell. */
export function partsOf(
  schema: EnvSchema<unknown> | undefined,
): Readonly<Record<string, EnvSchema<unknown> | undefined>> | undefined {
  return (schema as ObjectSchema | undefined)?.shape;
}

/** An environment variable is text: taken as it is where the schema takes it, and else read as JSON. */
export function readText(text: string, schema: EnvSchema<unknown> | undefined): unknown {
  if (schema === undefined || schema.safeParse(text).success) return text;
  try {
    const value: unknown = JSON.parse(text);
    return schema.safeParse(value).success ? value : text;
  } catch {
    return text;
  }
}
