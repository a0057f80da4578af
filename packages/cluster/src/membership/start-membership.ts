import { childSpec, type AnySelf, type ChildSpec, type Node } from '@trestle/runtime';
import { attachedTo } from '@trestle/runtime/internal';
import type { Membership } from './membership';
import { checkMembershipOptions, type MembershipOptions } from './membership-options';
import { MembershipServer } from './membership-server';
import { Memberships } from './shared-membership';

/**
 * Starts to watch who is a member: a process that knows the visible nodes its rule accepts, this one among them, and
 * hands them to a routing strategy, sorted.
 * @param on the node; or the process to link it to
 * @returns the members of now, for this node
 * @throws BadArgumentError if an option is wrong
 * @throws NameTakenError if the node has a process of that name
 */
export async function startMembership(on: Node | AnySelf, options: MembershipOptions): Promise<Membership> {
  checkMembershipOptions('startMembership', options);
  const start = { args: options, name: options.name };
  const isProcess = 'startLink' in on;
  if (isProcess) await on.startLink(MembershipServer, start);
  else await on.start(MembershipServer, start);
  return membershipOf(isProcess ? on.node : on, options.name);
}

/**
 * The watch over members as a child of a supervisor. Whoever needs it comes behind it, under `restForOne`.
 * @throws BadArgumentError if an option is wrong
 */
export function membershipSpec(options: MembershipOptions): ChildSpec {
  checkMembershipOptions('membershipSpec', options);
  return childSpec(MembershipServer, { id: options.name, name: options.name, args: options });
}

/**
 * The members as a membership process of this node tells them: no members until it has started; while it is restarted,
 * those of before.
 * @param name the name of the process
 */
export function membershipOf(node: Node, name: string): Membership {
  return attachedTo('membershipOf', node, Memberships).get(name);
}
