import {
  childSpec,
  localName,
  type AnySelf,
  type CallOptions,
  type ChildSpec,
  type Node,
} from '@trestle/runtime';
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
  const node = isProcess ? on.node : on;
  if (options.byEntering === true) await membersHeard(node, options.name);
  return membershipOf(node, options.name);
}

/**
 * Waits until all nodes that were there have said whether they have entered, a second at most: from then on the members are
 * those that there are. Only of a membership by entering.
 * @param name the name of the process
 */
export async function membersHeard(on: Node | AnySelf, name: string): Promise<void> {
  await on.call(localName<MembershipServer>(name), { type: 'heard' });
}

/**
 * Waits until another process of the node has made it a member, and the others know.
 * @param name the name of the process
 * @throws CallTimeoutError if that takes longer than `timeoutMs`
 */
export async function membershipEntered(
  on: Node | AnySelf,
  name: string,
  options: CallOptions,
): Promise<void> {
  await on.call(localName<MembershipServer>(name), { type: 'entered' }, options);
}

/**
 * Makes the node of a process a member, for as long as the process lives. Only of a membership by entering.
 * @param name the name of the membership process of its node
 * @returns when the others know, a second later at most
 */
export async function enterMembership(self: AnySelf, name: string): Promise<void> {
  await self.call(localName<MembershipServer>(name), { type: 'enter', pid: self.pid });
}

/**
 * Has the node of a process be a member no more, though the process lives by which it is one. Only of a membership by entering.
 * @param name the name of the membership process of its node
 * @returns when the others know, a second later at most
 */
export async function leaveMembership(self: AnySelf, name: string): Promise<void> {
  await self.call(localName<MembershipServer>(name), { type: 'leave' });
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
