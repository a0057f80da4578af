import {
  fixedMembership,
  membershipOf,
  modulo,
  rendezvous,
  ring,
  tokens,
  type Membership,
  type MembershipOptions,
  type MembersRule,
  type RoutingStrategy,
} from '@trestle/cluster';
import { membersRuleSchema, strategySchema } from '@trestle/cluster/internal';
import type { Node, NodeName } from '@trestle/runtime';
import { nodeNameSchema, z } from '@trestle/runtime/internal';

/** A strategy as it comes, by its name. */
export type RoutingName = 'modulo' | 'tokens' | 'ring' | 'rendezvous';

/** Where a cache is kept: on the nodes of a list, or on those that are there. */
export interface CacheMembers {
  /** The nodes that hold the entries, whether they are up or not. Every node must be given the same. Instead of `members`. */
  readonly nodes?: readonly NodeName[];
  /**
   * The nodes that hold the entries, as they come and go: visible nodes whose names begin so, or of whose names a function
   * says so. Every node must be given the same. Instead of `nodes`.
   */
  readonly members?: MembersRule;
  /**
   * How keys are spread over the nodes. The same on all nodes. Default: `'modulo'` over `nodes`, as `phash2` says;
   * `'rendezvous'` over `members`, which moves few keys when one comes or goes.
   */
  readonly routing?: RoutingName | RoutingStrategy;
}

const strategies: Readonly<Record<RoutingName, () => RoutingStrategy>> = {
  modulo: () => modulo,
  tokens: () => tokens(),
  ring: () => ring(),
  rendezvous: () => rendezvous(),
};

const names = Object.keys(strategies) as RoutingName[];

/** The schemas of these options. */
export const cacheMembersSchemas = {
  nodes: z
    .array(nodeNameSchema, 'node names')
    .min(1, 'at least one node name')
    .refine((nodes) => new Set(nodes).size === nodes.length, 'node names that differ from each other')
    .optional(),
  members: membersRuleSchema.optional(),
  routing: z
    .union([z.enum(names), strategySchema], { error: `'${names.join("', '")}', or a routing strategy` })
    .optional(),
};

/** Whether the nodes are said in one of the two ways. */
export function saysWhere({
  nodes,
  members,
}: {
  readonly nodes?: unknown;
  readonly members?: unknown;
}): boolean {
  return (nodes === undefined) !== (members === undefined);
}

export const whereText = "to have either 'nodes' or 'members'";

/** The strategy of a cache. */
export function strategyOf({ nodes, routing }: CacheMembers): RoutingStrategy {
  const given = routing ?? (nodes === undefined ? 'rendezvous' : 'modulo');
  return typeof given === 'string' ? strategies[given]() : given;
}

/** Whether a node is among those that hold entries. */
export function holdsEntries({ nodes, members }: CacheMembers, node: NodeName): boolean {
  if (nodes !== undefined) return nodes.includes(node);
  return typeof members === 'function' ? members(node) : node.startsWith(members ?? node);
}

/** What to start so that a node knows the members of a cache; nothing if they never change. */
export function membershipOptionsOf(
  options: CacheMembers & { readonly name: string },
): MembershipOptions | undefined {
  const { name, members } = options;
  return members === undefined
    ? undefined
    : { name: `${name}.Members`, members, strategy: strategyOf(options), byEntering: true };
}

/** The members of a cache, as a node sees them. */
export function cacheMembership(node: Node, options: CacheMembers & { readonly name: string }): Membership {
  const watched = membershipOptionsOf(options);
  if (watched !== undefined) return membershipOf(node, watched.name);
  return fixedMembership(options.nodes ?? [], strategyOf(options));
}
