import { z } from '#zod';
import { plainName, type LocalName } from '../../terms/address';
import { plainNameSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';

/** Whether a key belongs to one process at most, or to any number of them. */
export type RegistryKeys = 'unique' | 'duplicate';

/** What kind of registry is started. */
export interface RegistryArguments {
  readonly keys: RegistryKeys;
  /** How many parts it has. In JavaScript one thread reads and writes, so any number does the same. Default 1. */
  readonly partitions?: number;
  /** The names of processes of this node that receive a `RegistryMessage` of each register and unregister. */
  readonly listeners?: readonly (string | LocalName<unknown>)[];
  /** What `registry.meta` finds from the start. */
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** The options that a schema of registries has. */
const options = {
  keys: z.enum(['unique', 'duplicate'], "'unique' or 'duplicate'"),
  partitions: z.int('a whole number, 1 or more').min(1, 'a whole number, 1 or more').optional(),
  listeners: z.array(plainNameSchema, 'an array of names').optional(),
  meta: z.record(z.string(), z.unknown(), 'an object').optional(),
};

const argumentsSchema = z.strictObject(options);
const optionsSchema = z.strictObject({ ...options, name: plainNameSchema });

/** Checks what a registry is started with at the door, without its name. */
export function checkRegistryArguments(call: string, given: RegistryArguments): void {
  checkOptions(call, argumentsSchema, given);
  for (const listener of given.listeners ?? []) plainName(call, listener);
}

/**
 * Checks the options of a registry at the door.
 * @returns them without its name
 */
export function checkRegistryOptions(
  call: string,
  given: RegistryArguments & { readonly name: string | LocalName<unknown> },
): RegistryArguments {
  checkOptions(call, optionsSchema, given);
  plainName(call, given.name);
  const { name: _, ...rest } = given;
  checkRegistryArguments(call, rest);
  return rest;
}
