import { z } from '#zod';
import { nodePatternSchema } from '../../terms/node-pattern';

/** Functions that some nodes may call. */
export interface RpcRule {
  /** Patterns of `Module.function`; `*` stands for any text: `'Stats.*'`. */
  readonly functions: string | readonly string[];
  /** Patterns of node names: `'ops@*'`. Default: every node. */
  readonly from?: string | readonly string[] | undefined;
}

/** What other nodes may call by `rpc` and `spawnOn`, of what this one exposes. */
export interface RpcAccess {
  /** What matches none of these is refused. A string is a pattern of functions that every node may call. */
  readonly allow: readonly (string | RpcRule)[];
}

const expected =
  "a pattern such as 'Module.function' or 'Module.*', or { functions, from } with patterns, from of node names ('ops@*')";
const isFunctions = (value: unknown): boolean =>
  typeof value === 'string' && (value === '*' || /^.+\..+$/s.test(value));
const functions = z.custom<string>(isFunctions, expected);
const oneOrMore = (pattern: z.ZodType<string>) => z.union([pattern, z.array(pattern).min(1)]);

const rule = z.union(
  [
    functions,
    z.strictObject({ functions: oneOrMore(functions), from: oneOrMore(nodePatternSchema).optional() }),
  ],
  { error: expected },
);

export const rpcAccessSchema = z.strictObject({
  allow: z.array(rule, 'an array of patterns and rules'),
}) as z.ZodType<RpcAccess>;
