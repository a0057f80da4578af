import { z } from '#zod';
import { checkServerName, type ServerName } from '../../terms/address';
import { isDuration } from '../../terms/duration';
import { BadArgumentError } from '../../terms/errors';
import { nameSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import { checkSpec, type ChildSpec, type StartSpec } from './child-spec';
import type { AutoShutdown, Policy, SupervisorStrategy } from './restart-plan';
import type { Intensity } from './restart-window';

/** How a supervisor is started. */
export interface SupervisorOptions {
  /** The name to register on this node, or with a name service (`via`). */
  readonly name?: ServerName;
  /** Which children restart when one ends: that one, all, or that one and those that were started after it. */
  readonly strategy: SupervisorStrategy;
  /**
   * How many restarts within how many milliseconds are borne; with one more the supervisor stops its children and ends
   * with `'shutdown'`, for its own supervisor to decide. Default: 3 restarts within 5,000 ms.
   */
  readonly intensity?: Partial<Intensity>;
  /** Whether the supervisor ends when significant children have ended by themselves. Default `'never'`. */
  readonly autoShutdown?: AutoShutdown;
  /** The children, in the order in which they are started. */
  readonly children?: readonly StartSpec[];
}

/** Supervisor options that have been checked, with every default filled in. */
export interface Supervision extends Policy {
  readonly intensity: Intensity;
  readonly children: readonly ChildSpec[];
}

/** The intensity of a supervisor that was told nothing, or not all of it. As in Elixir. */
export function fillIntensity({ restarts = 3, withinMs = 5_000 }: Partial<Intensity> = {}): Intensity {
  return { restarts, withinMs };
}

export const intensitySchema = z.strictObject(
  {
    restarts: z.custom<number>(isCount, 'a number of restarts: a whole number, 0 or more').optional(),
    withinMs: z.custom<number>(isPeriod, 'milliseconds (more than 0, or Infinity)').optional(),
  },
  { error: '{ restarts, withinMs }' },
);

const childrenSchema = z.array(z.unknown(), 'an array of child specs');
const autoShutdownSchema = z.enum(
  ['never', 'anySignificant', 'allSignificant'],
  "'never', 'anySignificant' or 'allSignificant'",
);

const optionsSchema = z.strictObject({
  name: nameSchema.optional(),
  strategy: z.enum(['oneForOne', 'oneForAll', 'restForOne'], "'oneForOne', 'oneForAll' or 'restForOne'"),
  intensity: intensitySchema.optional(),
  autoShutdown: autoShutdownSchema.optional(),
  children: childrenSchema.optional(),
});

const specListSchema = z.strictObject({
  children: childrenSchema,
  autoShutdown: autoShutdownSchema.optional(),
});

/**
 * Checks the options of a supervisor at the door, before anything starts.
 * @throws BadArgumentError that names the first wrong one
 */
export function checkSupervision(call: string, options: SupervisorOptions): Supervision {
  checkOptions(call, optionsSchema, options);
  const { name, strategy, intensity, autoShutdown = 'never', children = [] } = options;
  checkServerName(call, name);
  const specs = checkSpecs(call, children, autoShutdown);
  return { strategy, autoShutdown, intensity: fillIntensity(intensity), children: specs };
}

/**
 * Checks the child specs of a supervisor that is not there yet, and perhaps what it will do about significant ones.
 * @throws BadArgumentError that names what is wrong
 */
export function checkSpecList(call: string, children: unknown, autoShutdown: unknown): void {
  const checked = checkOptions(call, specListSchema, { children, autoShutdown });
  checkSpecs(call, checked.children, checked.autoShutdown);
}

/** Each by itself, and that they go together. */
function checkSpecs(
  call: string,
  children: readonly unknown[],
  autoShutdown: AutoShutdown | undefined,
): ChildSpec[] {
  const specs = children.map((child, index) => checkSpec(`${call}: children[${String(index)}]`, child));
  checkIds(call, specs);
  for (const spec of specs) checkSignificant(call, autoShutdown, spec);
  return specs;
}

/**
 * A significant child must be one that can end for good, and there must be a supervisor that cares; of an unknown
 * supervisor that is not asked.
 */
export function checkSignificant(
  call: string,
  autoShutdown: AutoShutdown | undefined,
  spec: ChildSpec,
): void {
  if (!spec.significant) return;
  const expected =
    autoShutdown === 'never'
      ? "autoShutdown to be 'anySignificant' or 'allSignificant', because a child is significant"
      : spec.restart === 'permanent'
        ? 'a significant child to be transient or temporary'
        : undefined;
  if (expected !== undefined) throw new BadArgumentError({ call, expected, got: spec });
}

function checkIds(call: string, specs: readonly ChildSpec[]): void {
  const seen = new Map<string, number>();
  for (const [index, { id }] of specs.entries()) {
    const first = seen.get(id);
    if (first !== undefined) {
      const which = `children[${String(first)}] and children[${String(index)}]`;
      throw new BadArgumentError({ call, expected: `${which} to have ids of their own`, got: id });
    }
    seen.set(id, index);
  }
}

/** As in OTP, a period is longer than nothing: within none every restart would be the only one. */
function isPeriod(value: unknown): boolean {
  return isDuration(value) && value > 0;
}

/** Tells whether a value is a whole number, 0 or more, or `Infinity`. */
export function isCount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && (Number.isInteger(value) || value === Infinity);
}
