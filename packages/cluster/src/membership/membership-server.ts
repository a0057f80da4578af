import {
  GenServer,
  localName,
  type CallResult,
  type From,
  type InitResult,
  type Next,
  type NodeName,
} from '@trestle/runtime';
import { attachedTo, refuseCall, refuseCast } from '@trestle/runtime/internal';
import { inspect } from 'node:util';
import { sortedMembers } from '../routing/routing';
import {
  beginAgreement,
  changeMembers,
  claimOf,
  hearClaim,
  isClaim,
  type Agreement,
  type Claim,
} from './agreement';
import { checkMembershipOptions, ruleOf, type MembershipOptions } from './membership-options';
import { Memberships, type SharedMembership } from './shared-membership';

/**
 * Watches which members are there and shares their routing with everybody on its node. A restarted one looks anew.
 * Strategies that remember are brought to one routing on all nodes: see `Agreement`.
 */
export class MembershipServer extends GenServer<never, Claim, MembershipOptions> {
  private options!: MembershipOptions;
  private accepts!: (node: NodeName) => boolean;
  private shared!: SharedMembership;
  private agreement!: Agreement;
  /** The nodes whose strategy is another, each of them logged once. */
  private readonly strangers = new Set<NodeName>();

  override init(options: MembershipOptions): InitResult {
    checkMembershipOptions('MembershipServer', options);
    this.options = options;
    this.accepts = ruleOf(options.members);
    const { node } = this.self;
    this.shared = attachedTo('MembershipServer', node, Memberships).get(options.name);
    // Watch first, look then: nobody comes or goes between.
    this.self.monitorNodes(true, { leaving: true });
    this.agreement = beginAgreement(node.name, options.strategy.route(this.look()));
    this.publish();
    this.tell(node.list());
    return undefined;
  }

  override handleInfo(message: unknown): Next | Promise<Next> {
    const { type } = (message ?? {}) as { readonly type?: unknown };
    if (type !== 'nodeup' && type !== 'nodedown' && type !== 'nodeleaving') return super.handleInfo(message);
    this.update();
    return undefined;
  }

  override handleCall(request: never, from: From): CallResult {
    return refuseCall(this, request, from);
  }

  override handleCast(claim: Claim): Next | Promise<Next> {
    if (!isClaim(claim)) return refuseCast(this, claim);
    if (this.isOfOurs(claim)) this.hear(claim);
    return undefined;
  }

  private hear(claim: Claim): void {
    const { agreement, tell } = hearClaim(this.agreement, this.options.strategy, claim);
    const isNew = agreement.routing !== this.agreement.routing;
    this.agreement = agreement;
    if (isNew) this.publish();
    if (tell === 'sender') this.tell([claim.from]);
    else if (tell === 'all') this.tell(this.self.node.list());
  }

  /** Who is about to leave is given nothing any more; it counts again in its next life. */
  private look(): readonly NodeName[] {
    const { node } = this.self;
    const leaving = node.list('leaving');
    const staying = [node.name, ...node.list()].filter((name) => !leaving.includes(name));
    return sortedMembers(staying.filter(this.accepts));
  }

  private update(): void {
    const members = this.look();
    if (members.join() === this.agreement.routing.members.join()) return;
    this.agreement = changeMembers(this.agreement, this.options.strategy, members);
    this.publish();
    // Clients watch members too; what runs no such process drops it.
    this.tell(this.self.node.list());
  }

  private publish(): void {
    this.shared.swap(this.agreement.routing, (error) => {
      this.self.log.error(`${this.options.name}: a listener of changes raised ${inspect(error)}`);
    });
  }

  private tell(nodes: readonly NodeName[]): void {
    const { name, strategy } = this.options;
    const claim = claimOf(this.agreement, strategy);
    const server = localName<MembershipServer>(name);
    for (const node of nodes) this.self.cast(server.on(node), claim);
  }

  /** Nodes of another strategy would look for keys elsewhere. */
  private isOfOurs({ from, strategy }: Claim): boolean {
    const { name, strategy: own } = this.options;
    if (strategy === own.name) return true;
    if (!this.strangers.has(from)) {
      this.strangers.add(from);
      this.self.log.error(
        `${name}: the routing of ${from} is ${strategy}, here it is ${own.name}: keys will not be found`,
      );
    }
    return false;
  }
}
