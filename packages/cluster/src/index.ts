export { connectNodes, disconnectNodes } from './discovery/connect-nodes';
export {
  discoverySpec,
  startDiscovery,
  type DiscoveryOptions,
  type StrategyClass,
  type TopologyOptions,
} from './discovery/discovery';
export { StaticStrategy, type StaticConfig } from './discovery/static-strategy';
export { Strategy } from './discovery/strategy';
export type { Topology, TopologyActions, TopologyArgs, TopologyLog } from './discovery/topology';
export type { BackOff } from '@trestle/runtime';
export { fixedMembership, type Membership, type MembersListener } from './membership/membership';
export type { MembershipOptions, MembersRule } from './membership/membership-options';
export { MembershipServer } from './membership/membership-server';
export {
  enterMembership,
  leaveMembership,
  membershipEntered,
  membersHeard,
  membershipOf,
  membershipSpec,
  startMembership,
} from './membership/start-membership';
export { atom, type Atom } from './routing/atom';
export { modulo } from './routing/modulo';
export { phash2, routingHash, type HashableTerm } from './routing/phash2';
export { rendezvous, type RendezvousOptions } from './routing/rendezvous';
export { ring, type RingOptions } from './routing/ring';
export type { Routing, RoutingStrategy } from './routing/routing';
export { tokens, type TokensOptions } from './routing/tokens';
