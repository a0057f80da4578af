import type { NodeName } from '@trestle/runtime';
import { checkOptions, functionSchema, objectWith, textSchema, z } from '@trestle/runtime/internal';
import type { RoutingStrategy } from '../routing/routing';

/** Which nodes are members: those whose names begin so, or those of whose names a function says so. */
export type MembersRule = string | ((node: NodeName) => boolean);

/** How the members of a cluster are told. */
export interface MembershipOptions {
  /** The name of the process, the same on all nodes. */
  readonly name: string;
  /** Which visible nodes are members. The same on all nodes, or they do not agree. */
  readonly members: MembersRule;
  /** How keys are spread over them. The same on all nodes. */
  readonly strategy: RoutingStrategy;
  /**
   * Whether a node has to enter to be a member (`enterMembership`); if not, it is one by being there. The same on all nodes.
   * Default false.
   */
  readonly byEntering?: boolean;
}

export const membersRuleSchema = z.union([textSchema, functionSchema<(node: NodeName) => boolean>()], {
  error: 'the beginning of node names, or a function of a node name',
});

export const strategySchema = objectWith<RoutingStrategy>(
  'route',
  'a routing strategy: modulo, tokens(), ring() or rendezvous()',
);

const schema = z.strictObject({
  name: textSchema,
  members: membersRuleSchema,
  strategy: strategySchema,
  byEntering: z.boolean('true or false').optional(),
});

/** @throws BadArgumentError that names the first wrong option */
export function checkMembershipOptions(call: string, options: MembershipOptions): void {
  checkOptions(call, schema, options);
}

/** The rule as a function. */
export function ruleOf(members: MembersRule): (node: NodeName) => boolean {
  return typeof members === 'function' ? members : (node) => node.startsWith(members);
}
