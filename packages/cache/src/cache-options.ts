import type { NodeName } from '@trestle/runtime';
import { checkOptions, nodeNameSchema, textSchema } from '@trestle/runtime/internal';
import { z } from 'zod';

/** Which cache, and where it is kept. */
export interface CacheOptions {
  /** The name its server has on every node that holds a part of it. */
  readonly name: string;
  /** The nodes that hold the entries. A key's hash chooses among them: every node must be given them in the same order. */
  readonly nodes: readonly NodeName[];
  /**
   * The module under which other nodes can call `get`, `put`, `delete` and `stats` by rpc; `false` for none. Default
   * `'Cache'`: name it when a node holds several caches.
   */
  readonly expose?: string | false;
}

const schema = z.strictObject({
  name: textSchema,
  nodes: z
    .array(nodeNameSchema, 'node names')
    .min(1, 'at least one node name')
    .refine((nodes) => new Set(nodes).size === nodes.length, 'node names that differ from each other'),
  expose: z
    .custom<string | false>(
      (value) => value === false || (typeof value === 'string' && value !== ''),
      'a module name, or false',
    )
    .optional(),
});

/**
 * Checks options at the door.
 * @throws BadArgumentError that names the first wrong one
 */
export function checkCacheOptions(call: string, options: CacheOptions): void {
  checkOptions(call, schema, options);
}
