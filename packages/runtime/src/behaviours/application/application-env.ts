import { BadArgumentError } from '../../terms/errors';
import { problemOf, type OptionIssue } from '../../terms/options';
import type { AnyApplication } from './application-options';
import { partsOf, readText, strict } from './env-schema';

/** Values by the names of an env. */
type Values = Readonly<Record<string, unknown>>;

/** Where the values of an env come from when an application is loaded; the later ones count before the earlier. */
export interface EnvSources {
  /** What the config of the node says. */
  readonly config: Values;
  /** The environment of the OS process. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * The env of an application. It begins with the defaults of its schema; before them counts what the config says, before
 * that environment variables, before that what is given or put. It always is what the schema says.
 */
export class ApplicationEnv {
  private values: Values = {};
  /** Where a value has come from, by its name. */
  private origins: Readonly<Record<string, string | undefined>> = {};
  private parsed: Values = {};

  /** @throws BadArgumentError that names a wrong value, where it comes from, what was expected there and what is there */
  constructor(
    call: string,
    private readonly application: AnyApplication,
    sources: EnvSources,
    given: Values = {},
  ) {
    const fromVariables = readVariables(application, sources.variables);
    const values = { ...sources.config, ...fromVariables, ...given };
    this.become(call, values, {
      ...originsOf(sources.config, () => 'from the config'),
      ...originsOf(fromVariables, (name) => variablesOf(application)[name]),
      ...originsOf(given, () => 'given'),
    });
  }

  /** As the schema has made it, frozen. */
  get current(): Values {
    return this.parsed;
  }

  /** @throws BadArgumentError if one of the values is wrong: none has changed */
  give(call: string, given: Values): void {
    this.become(call, { ...this.values, ...given }, { ...this.origins, ...originsOf(given, () => 'given') });
  }

  /**
   * Takes a value away: it is the default of the schema again.
   * @throws BadArgumentError if there must be one
   */
  delete(call: string, name: string): void {
    const { [name]: _, ...values } = this.values;
    this.become(call, values, this.origins);
  }

  private become(call: string, values: Values, origins: Readonly<Record<string, string | undefined>>): void {
    const { env } = this.application;
    const result = env === undefined ? undefined : strict(env).safeParse(values);
    if (result?.success === false) throw wrongEnv(call, values, origins, result.error.issues[0]);
    this.parsed = Object.freeze({ ...((result?.data as Values | undefined) ?? values) });
    this.values = values;
    this.origins = origins;
  }
}

function wrongEnv(
  call: string,
  values: Values,
  origins: Readonly<Record<string, string | undefined>>,
  issue: OptionIssue | undefined,
): BadArgumentError {
  const { expected, got } = problemOf(issue, values, 'env');
  const name = String(issue?.path[0] ?? issue?.keys?.[0]);
  const origin = name in values ? origins[name] : undefined;
  return new BadArgumentError({ call: origin === undefined ? call : `${call} (${origin})`, expected, got });
}

function originsOf(
  values: Values,
  origin: (name: string) => string | undefined,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, origin(name)]));
}

function variablesOf({ variables = {} }: AnyApplication): Readonly<Record<string, string | undefined>> {
  return variables;
}

function readVariables(application: AnyApplication, environment: EnvSources['variables']): Values {
  const values: Record<string, unknown> = {};
  for (const [name, variable = ''] of Object.entries(variablesOf(application))) {
    const text = environment[variable];
    if (text !== undefined) values[name] = readText(text, partsOf(application.env)?.[name]);
  }
  return values;
}
