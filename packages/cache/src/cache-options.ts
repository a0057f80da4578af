import { BadArgumentError } from '@trestle/runtime';
import { checkOptions, textSchema } from '@trestle/runtime/internal';
import { z } from 'zod';
import { cacheMembersSchemas, saysWhere, whereText, type CacheMembers } from './cache-members';

/** Which cache, and where it is kept. */
export interface CacheOptions extends CacheMembers {
  /** The name its server has on every node that holds a part of it. */
  readonly name: string;
  /**
   * The module under which other nodes can call `get`, `put`, `delete` and `stats` by rpc; `false` for none. Default
   * `'Cache'`: name it when a node holds several caches.
   */
  readonly expose?: string | false;
}

const schema = z.strictObject({
  name: textSchema,
  ...cacheMembersSchemas,
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
  if (!saysWhere(options))
    throw new BadArgumentError({ call, expected: `options ${whereText}`, got: options });
}
