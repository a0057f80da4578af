import { z } from '#zod';
import { BadArgumentError } from '../../terms/errors';
import { prose } from '../../terms/show';
import {
  durationSchema,
  flagSchema,
  functionSchema,
  objectWith,
  textSchema,
} from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { AnyApplication } from './application-options';
import { partsOf, type EnvSchema } from './env-schema';

const typeSchema = z.enum(['permanent', 'transient', 'temporary'], "'permanent', 'transient' or 'temporary'");

const applicationSchema = z.custom<AnyApplication>(
  (value) => typeof (value as Partial<AnyApplication> | null | undefined)?.start === 'function',
  'an application: an object with name and start',
);

const namesSchema = z.array(textSchema, 'names of applications');

const schema = z.strictObject({
  name: textSchema,
  description: z.string('a string').optional(),
  version: z.string('a string').optional(),
  dependencies: z
    .array(z.union([textSchema, applicationSchema], 'an application or its name'), 'an array of applications')
    .optional(),
  optionalDependencies: namesSchema.optional(),
  includedApplications: z.array(applicationSchema, 'an array of applications').optional(),
  env: objectWith<EnvSchema<unknown>>('safeParse', 'a zod object').optional(),
  variables: z
    .record(z.string(), textSchema, 'names of environment variables by names of the env')
    .optional(),
  start: functionSchema(),
  startPhases: z
    .array(z.strictObject({ phase: textSchema, run: functionSchema() }), 'an array of { phase, run }')
    .optional(),
  prepStop: functionSchema().optional(),
  stop: functionSchema().optional(),
  type: typeSchema.optional(),
  handleSignals: flagSchema.optional(),
  stopTimeoutMs: durationSchema.optional(),
});

export const startOptionsSchema = z.strictObject({
  env: z.record(z.string(), z.unknown(), 'an object: values by the names of the env').optional(),
  type: typeSchema.optional(),
  handleSignals: flagSchema.optional(),
});

/**
 * Checks what an application is, and what it includes.
 * @throws BadArgumentError that names what is wrong
 */
export function checkApplication(call: string, application: AnyApplication): void {
  checkOptions(call, schema, application);
  checkVariables(call, application);
  checkPhases(call, application, []);
}

function checkVariables(call: string, { env, variables = {} }: AnyApplication): void {
  const parts = partsOf(env);
  if (parts === undefined) return;
  for (const name of Object.keys(variables)) {
    if (!Object.hasOwn(parts, name)) {
      throw new BadArgumentError({
        call,
        expected: `variables to have no '${name}', because env has none`,
        got: variables,
      });
    }
  }
}

/** An included application has no other phases than the one that includes it: nobody would call for them. */
function checkPhases(call: string, application: AnyApplication, path: readonly AnyApplication[]): void {
  if (path.includes(application)) {
    const got = prose([...path, application].map(({ name }) => name).join(' -> '));
    throw new BadArgumentError({
      call,
      expected: 'includedApplications that do not include each other',
      got,
    });
  }
  const phases = new Set(phasesOf(application));
  for (const part of application.includedApplications ?? []) {
    checkOptions(`${call}: includedApplications '${part.name}'`, schema, part);
    const strange = phasesOf(part).find((phase) => !phases.has(phase));
    if (strange !== undefined) {
      const expected = `startPhases to have '${strange}', because '${part.name}', which it includes, has it`;
      throw new BadArgumentError({ call, expected, got: phasesOf(application) });
    }
    checkPhases(call, part, [...path, application]);
  }
}

function phasesOf({ startPhases = [] }: AnyApplication): string[] {
  return startPhases.map(({ phase }) => phase);
}

/** What an application includes, and what that includes: each behind the one that includes it. */
export function includedIn({ includedApplications = [] }: AnyApplication): AnyApplication[] {
  return includedApplications.flatMap((part) => [part, ...includedIn(part)]);
}
