import {
  GenServer,
  isNodeName,
  isRef,
  localName,
  noReply,
  type CallResult,
  type From,
  type InitResult,
  type Next,
  type NodeName,
} from '@trestle/runtime';
import { attachedTo, refuseCall, refuseCast, Sight } from '@trestle/runtime/internal';
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
import {
  Attendance,
  isAttendanceCall,
  isPresence,
  type AttendanceRequest,
  type Presence,
} from './attendance';
import { checkMembershipOptions, ruleOf, type MembershipOptions } from './membership-options';
import { Memberships, type SharedMembership } from './shared-membership';

/** How long others may take to answer, in ms. */
const patienceMs = 1_000;
const hurry = '$hurry';

/**
 * Watches which members are there and shares their routing with everybody on its node. A restarted one looks anew.
 * Strategies that remember are brought to one routing on all nodes: see `Agreement`.
 */
export class MembershipServer extends GenServer<AttendanceRequest, Claim | Presence, MembershipOptions> {
  private options!: MembershipOptions;
  private accepts!: (node: NodeName) => boolean;
  private sight!: Sight;
  private shared!: SharedMembership;
  private agreement!: Agreement;
  /** `null` if nodes are members by being there. */
  private attendance: Attendance | null = null;
  /** The nodes whose strategy is another, each of them logged once. */
  private readonly strangers = new Set<NodeName>();

  override init(options: MembershipOptions): InitResult {
    checkMembershipOptions('MembershipServer', options);
    this.options = options;
    this.accepts = ruleOf(options.members);
    const { node } = this.self;
    this.shared = attachedTo('MembershipServer', node, Memberships).get(options.name);
    this.sight = attachedTo('MembershipServer', node, Sight);
    // Watch first, look then: nobody comes or goes between.
    this.self.monitorNodes(true, { leaving: true, nodeType: this.sight.isHidden ? 'hidden' : 'visible' });
    if (options.byEntering === true) this.attendance = this.attend();
    this.agreement = beginAgreement(node.name, options.strategy.route(this.look()));
    this.publish();
    this.tell(node.list('connected'));
    for (const other of this.sight.nodes()) this.meet(other);
    return undefined;
  }

  override handleCall(request: AttendanceRequest, from: From): CallResult | Promise<CallResult> {
    const { attendance } = this;
    if (attendance === null || !isAttendanceCall(request)) return refuseCall(this, request, from);
    if (request.type === 'enter') {
      attendance.enter(request.pid, this.self.monitor(request.pid));
      this.update();
    } else if (request.type === 'leave') {
      attendance.leave();
      this.update();
    }
    attendance.answer(from, request.type);
    return noReply();
  }

  override handleInfo(message: unknown): Next | Promise<Next> {
    if (!this.note(message)) return super.handleInfo(message);
    this.update();
    this.attendance?.settle();
    return undefined;
  }

  override handleCast(told: Claim | Presence): Next | Promise<Next> {
    if (this.attendance !== null && isPresence(told)) {
      this.attendance.hear(told);
      this.update();
      this.attendance.settle();
    } else if (!isClaim(told)) return refuseCast(this, told);
    else if (this.isOfOurs(told)) this.hear(told);
    return undefined;
  }

  /** @returns whether a message was for the server */
  private note(message: unknown): boolean {
    const { type, node, ref } = (message ?? {}) as { [Name in 'type' | 'node' | 'ref']?: unknown };
    if (type === 'DOWN') return isRef(ref) && this.attendance?.down(ref) === true;
    if (type === 'nodeup' && isNodeName(node)) this.meet(node);
    else if (type === 'nodedown' && isNodeName(node)) this.attendance?.lose(node);
    else if (message === hurry) this.attendance?.hurry();
    else return type === 'nodeup' || type === 'nodedown' || type === 'nodeleaving';
    return true;
  }

  private meet(node: NodeName): void {
    if (this.accepts(node)) this.attendance?.meet(node);
  }

  private attend(): Attendance {
    const { self, options } = this;
    const server = localName<MembershipServer>(options.name);
    return new Attendance({
      node: self.node.name,
      watch: (node) => self.monitor(server.on(node)),
      unwatch: (ref) => void self.demonitor(ref, { flush: true }),
      tell: (node, presence) => {
        self.cast(server.on(node), presence);
      },
      everybody: () => self.node.list('connected'),
      hurrySoon: () => {
        self.sendAfter(self.pid, hurry, patienceMs);
      },
    });
  }

  private hear(claim: Claim): void {
    const { strategy } = this.options;
    this.connectTo(claim.members);
    const { agreement, tell } = hearClaim(this.agreement, strategy, claim);
    const isNew = agreement.routing !== this.agreement.routing;
    this.agreement = agreement;
    if (isNew) this.publish();
    if (tell === 'sender' || this.knowsMore(claim)) this.tell([claim.from]);
    else if (tell === 'all') this.tell(this.self.node.list('connected'));
  }

  /** Whether a client sees other members than this node, which is one: a hidden client is brought together with nobody. */
  private knowsMore({ support, members }: Claim): boolean {
    const { members: own } = this.agreement.routing;
    return support < 0 && this.agreement.support >= 0 && members.join() !== own.join();
  }

  /** A hidden node meets the members that others name. */
  private connectTo(members: readonly unknown[]): void {
    if (!this.sight.isHidden) return;
    const { node } = this.self;
    const connected = node.list('connected');
    for (const member of members)
      if (isNodeName(member) && this.accepts(member) && !connected.includes(member))
        void node.connect(member);
  }

  /** A node that is about to leave is given nothing any more; it counts again in its next life. */
  private look(): readonly NodeName[] {
    const { sight, self } = this;
    const leaving = self.node.list('leaving');
    const there = sight.isHidden ? sight.nodes() : [self.node.name, ...sight.nodes()];
    const staying = there.filter((name) => !leaving.includes(name));
    const { attendance } = this;
    return sortedMembers(staying.filter((name) => this.accepts(name) && attendance?.has(name) !== false));
  }

  private update(): void {
    const members = this.look();
    if (members.join() === this.agreement.routing.members.join()) return;
    this.agreement = changeMembers(this.agreement, this.options.strategy, members);
    this.publish();
    // Clients watch members too, hidden ones as well; what runs no such process drops it.
    this.tell(this.self.node.list('connected'));
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
