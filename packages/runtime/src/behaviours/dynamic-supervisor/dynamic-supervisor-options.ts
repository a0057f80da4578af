import { z } from '#zod';
import { checkServerName, type ServerName } from '../../terms/address';
import { nameSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { Intensity } from '../supervisor/restart-window';
import { fillIntensity, intensitySchema, isCount } from '../supervisor/supervisor-options';

/** How a dynamic supervisor is started. */
export interface DynamicSupervisorOptions<Extra extends readonly unknown[] = []> {
  /** The name to register on this node, or with a name service (`via`). */
  readonly name?: ServerName;
  /** There is one strategy: a child that ends is restarted alone. */
  readonly strategy?: 'oneForOne';
  /**
   * How many restarts within how many milliseconds are borne; with one more the supervisor stops its children and ends
   * with `'shutdown'`. Default: 3 restarts within 5,000 ms.
   */
  readonly intensity?: Partial<Intensity>;
  /** How many children it may have at once. Default `Infinity`. */
  readonly maxChildren?: number;
  /** What the start functions of the children get behind `parent`. Default: nothing. */
  readonly extraArguments?: readonly [...Extra];
}

/** Options of a dynamic supervisor that have been checked, with every default filled in. */
export interface DynamicSupervision {
  readonly intensity: Intensity;
  readonly maxChildren: number;
  readonly extraArguments: readonly unknown[];
}

const optionsSchema = z.strictObject({
  name: nameSchema.optional(),
  strategy: z.literal('oneForOne', "'oneForOne'").optional(),
  intensity: intensitySchema.optional(),
  maxChildren: z.custom<number>(isCount, 'a number of children: a whole number, 0 or more').optional(),
  extraArguments: z.array(z.unknown(), 'an array of arguments').optional(),
});

/**
 * Checks the options of a dynamic supervisor at the door.
 * @throws BadArgumentError that names the first wrong one
 */
export function checkDynamicSupervision<Extra extends readonly unknown[]>(
  call: string,
  options: DynamicSupervisorOptions<Extra>,
): DynamicSupervision {
  checkOptions<unknown>(call, optionsSchema, options);
  const { name, intensity, maxChildren = Infinity, extraArguments = [] } = options;
  checkServerName(call, name);
  return { intensity: fillIntensity(intensity), maxChildren, extraArguments: [...extraArguments] };
}
