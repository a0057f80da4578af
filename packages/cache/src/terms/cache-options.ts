import { BadArgumentError } from '@trestle/runtime';
import { checkOptions, functionSchema, textSchema, z } from '@trestle/runtime/internal';
import { cacheMembersSchemas, saysWhere, strategyOf, whereText, type CacheMembers } from './cache-members';
import type { NamespaceSchemas } from './namespace-schemas';

/** How many copies a write must have reached when it is answered: one, more than half of its group, or all of it. */
export type WriteConcern = 'one' | 'quorum' | 'all';

/** What a node does that has no room for an entry: others make room, or it refuses to write it. */
export type WhenFull = 'evict' | 'refuse';

/**
 * Makes the next value of a key from the present one, `undefined` if there is none: what it returns is stored, and
 * `undefined` removes the entry. It must not wait, nor change what it gets.
 */
export type UpdateFunction = (value: unknown, ...args: readonly unknown[]) => unknown;

/** Which cache, where it is kept, and how. */
export interface CacheOptions extends CacheMembers {
  /** The name its server has on every node that holds a part of it. */
  readonly name: string;
  /**
   * The module under which other nodes can call `get`, `put`, `delete` and `stats` by rpc; `false` for none. Default
   * `'Cache'`, for the first cache of a node: another one is left out, with a warning, unless it has a name of its own.
   */
  readonly expose?: string | false;
  /** On how many nodes each entry is kept, if there are so many. The same on all nodes. Default 1. */
  readonly copies?: number;
  /** What a write waits for unless it says so itself. The same on all nodes. Default `'one'`. */
  readonly concern?: WriteConcern;
  /** How long an entry lives unless its write says so, in ms. The same on all nodes. Default `Infinity`. */
  readonly ttlMs?: number;
  /** Whether each read lets an entry live as long again, unless its write says so. The same on all nodes. Default false. */
  readonly sliding?: boolean;
  /** How many entries a node keeps: the one that was not used for longest makes room. Each node may have its own. */
  readonly maxEntries?: number;
  /** About how many bytes of memory the entries of a node may take. Each node may have its own. */
  readonly maxBytes?: number;
  /**
   * What happens when a node has no room: the entries that were not used for longest make room, or the write fails
   * (`ERR_CACHE_FULL`) and nothing is lost. The same on all nodes. Default `'evict'`.
   */
  readonly whenFull?: WhenFull;
  /** The functions that `update` can name. All nodes must have the same. */
  readonly functions?: Readonly<Record<string, UpdateFunction>>;
  /**
   * What the values of namespaces must be: zod schemas by the names of the namespaces. `update` and `increment` check by
   * them what they make, where the entry is. All nodes must have the same.
   */
  readonly schemas?: NamespaceSchemas;
  /**
   * How long the copies remember what was deleted, in ms. A node that was cut off for longer gives up what it had from
   * before, where the others do not have it. The same on all nodes. Default an hour.
   */
  readonly tombstoneMs?: number;
  /**
   * Whether entries move to the nodes they belong to when `members` come and go; with several copies they always do. If
   * not, what a node held for another is not found there any more, until it is written anew. Default true.
   */
  readonly handoff?: boolean;
  /** How often a node compares its copies with those of the others, in ms. The same on all nodes. Default 30,000. */
  readonly syncEveryMs?: number;
}

/** The options of a cache, none left open. */
export interface FullCacheOptions {
  readonly name: string;
  /** Where entries are kept, and how keys are spread: in words, to be compared. */
  readonly where: string;
  /** Whether members can become others. */
  readonly comeAndGo: boolean;
  readonly routing: string;
  readonly copies: number;
  readonly concern: WriteConcern;
  readonly ttlMs: number;
  readonly sliding: boolean;
  readonly maxEntries: number | undefined;
  readonly maxBytes: number | undefined;
  readonly whenFull: WhenFull;
  readonly functions: Readonly<Record<string, UpdateFunction>>;
  readonly schemas: NamespaceSchemas;
  readonly tombstoneMs: number;
  readonly handoff: boolean;
  readonly syncEveryMs: number;
}

/** Fills in what was left open. */
export function fullCacheOptions(options: CacheOptions): FullCacheOptions {
  return {
    name: options.name,
    where: whereOf(options),
    comeAndGo: options.members !== undefined,
    routing: strategyOf(options).name,
    copies: options.copies ?? 1,
    concern: options.concern ?? 'one',
    ttlMs: options.ttlMs ?? Infinity,
    sliding: options.sliding ?? false,
    maxEntries: options.maxEntries,
    maxBytes: options.maxBytes,
    whenFull: options.whenFull ?? 'evict',
    functions: options.functions ?? {},
    schemas: options.schemas ?? {},
    tombstoneMs: options.tombstoneMs ?? 3_600_000,
    handoff: options.handoff ?? true,
    syncEveryMs: options.syncEveryMs ?? 30_000,
  };
}

function whereOf({ nodes, members }: CacheMembers): string {
  if (nodes !== undefined) return [...nodes].sort().join(', ');
  return typeof members === 'string'
    ? `nodes whose names begin with ${members}`
    : 'nodes that a function accepts';
}

/** Tells whether a value can be a time to live. */
export function isTtl(value: unknown): value is number {
  return typeof value === 'number' && value > 0;
}

export const ttlText = 'milliseconds above 0, or Infinity';
export const concerns: readonly unknown[] = ['one', 'quorum', 'all'] satisfies WriteConcern[];
export const concernText = "'one', 'quorum' or 'all'";

const count = (what: string) =>
  z.custom<number>((value) => Number.isSafeInteger(value) && (value as number) > 0, what);
const aboveZero = z.custom<number>(isTtl, ttlText);
const finite = z.custom<number>((value) => isTtl(value) && value !== Infinity, 'milliseconds above 0');

const schema = z.strictObject({
  name: textSchema,
  ...cacheMembersSchemas,
  expose: z
    .custom<string | false>(
      (value) => value === false || (typeof value === 'string' && value !== ''),
      'a module name, or false',
    )
    .optional(),
  copies: count('a whole number, 1 or more').optional(),
  concern: z.custom<WriteConcern>((value) => concerns.includes(value), concernText).optional(),
  ttlMs: aboveZero.optional(),
  sliding: z.boolean('true or false').optional(),
  maxEntries: count('a whole number of entries, 1 or more').optional(),
  maxBytes: count('a whole number of bytes, 1 or more').optional(),
  whenFull: z.enum(['evict', 'refuse'], "'evict' or 'refuse'").optional(),
  functions: z.record(z.string(), functionSchema<UpdateFunction>(), 'functions by their names').optional(),
  schemas: z
    .record(z.string(), z.instanceof(z.ZodType, { error: 'a zod schema' }), 'zod schemas by namespaces')
    .optional(),
  tombstoneMs: finite.optional(),
  handoff: z.boolean('true or false').optional(),
  syncEveryMs: finite.optional(),
});

/**
 * Checks options at the door.
 * @throws BadArgumentError that names the first wrong one
 */
export function checkCacheOptions(call: string, options: CacheOptions): void {
  checkOptions(call, schema, options);
  if (!saysWhere(options))
    throw new BadArgumentError({ call, expected: `options ${whereText}`, got: options });
}
