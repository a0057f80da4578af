import { nodeOfPid, type NodeName, type Pid, type Ref } from '@trestle/runtime';
import { inspect } from 'node:util';
import type { FullCacheOptions } from '../terms/cache-options';
import { Expected } from './expected';
import type { Greeting } from './peer-message';
import type { ReplicaContext } from './replica-context';

/** The version of what servers tell each other. */
const peerProtocol = 3;

/** The server of this cache on another node. */
export interface Peer {
  readonly node: NodeName;
  readonly pid: Pid;
  readonly ref: Ref;
}

/** What is to be done when peers come and go. */
export interface PeerListener {
  /** @param pull whether this side copies from the other */
  joined(peer: Peer, pull: boolean): void;
  left(peer: Peer): void;
  /** One that was waited for is not there. */
  notThere(): void;
  /** All that was written until a stamp is removed. */
  cleared(stamp: number): void;
  /** This server must not go on: its options differ from those of one that was here before. */
  refused(difference: string): void;
}

/**
 * The servers of this cache on other nodes that are there, and whose options are the same. Two that meet greet each
 * other; from then on each watches the other, so what is sent to one that goes is known to be lost.
 */
export class Peers {
  private readonly ready = new Map<NodeName, Peer>();
  private readonly byPid = new Map<Pid, Peer>();
  /** Who may be met any moment. */
  readonly expected = new Expected();
  /** The monitors of those that others have named. */
  private readonly watched = new Map<Ref, NodeName>();
  private readonly bornAt: number;
  /** Who is there of a group of owners: each write asks, and few come and go. */
  private present = new WeakMap<readonly NodeName[], readonly Peer[]>();

  constructor(
    private readonly context: ReplicaContext,
    private readonly listener: PeerListener,
  ) {
    this.bornAt = context.wallTime();
  }

  get(node: NodeName): Peer | undefined {
    return this.ready.get(node);
  }

  has(node: NodeName): boolean {
    return this.ready.has(node);
  }

  /** Those of a group of owners that are there, but for this node. */
  of(group: readonly NodeName[]): readonly Peer[] {
    let peers = this.present.get(group);
    if (peers === undefined) {
      const { node } = this.context;
      const others = group.filter((owner) => owner !== node);
      peers = others.map((owner) => this.ready.get(owner)).filter((peer) => peer !== undefined);
      this.present.set(group, peers);
    }
    return peers;
  }

  /** Who says something; `undefined` if it has not greeted, or has gone. */
  by(pid: Pid): Peer | undefined {
    return this.byPid.get(pid);
  }

  all(): readonly Peer[] {
    return [...this.ready.values()];
  }

  names(): readonly NodeName[] {
    return [...this.ready.keys()];
  }

  /** Greets the members that are not there yet. What goes to one without such a server is dropped. */
  greetAll(): void {
    for (const member of this.context.owners.members) this.greet(member);
  }

  /** As `greetAll`, when they may all be there: what depends on them waits until they have answered. */
  meetAll(): void {
    this.expected.changed();
    for (const member of this.context.owners.members) this.meet(member);
  }

  meet(node: NodeName): void {
    if (this.isStranger(node)) this.expected.add(node);
    this.greet(node);
  }

  /** Others have met these servers, which this one has not: they are greeted, and waited for unless there are none. */
  named(nodes: readonly NodeName[]): void {
    for (const node of nodes) {
      if (node === this.context.node || this.ready.has(node) || !this.expected.named(node)) continue;
      this.watched.set(this.context.monitor({ name: this.context.options.name, node }), node);
      this.sayHello(node);
    }
  }

  /** Others know these members: they are connected soon, and greeted then. */
  private expect(members: readonly NodeName[]): void {
    const { node, owners } = this.context;
    for (const member of members)
      if (member !== node && !owners.members.includes(member)) this.expected.add(member);
  }

  private isStranger(node: NodeName): boolean {
    const { context } = this;
    return node !== context.node && !this.ready.has(node) && context.owners.members.includes(node);
  }

  private greet(node: NodeName): void {
    if (this.isStranger(node)) this.sayHello(node);
  }

  private sayHello(node: NodeName): void {
    const { context } = this;
    context.send({ name: context.options.name, node }, ['cache:hello', context.pid, this.greeting()]);
  }

  hello(pid: Pid, greeting: Greeting): void {
    const node = nodeOfPid(pid);
    const difference = this.differenceTo(node, greeting);
    if (difference !== undefined) {
      this.disagree(pid, greeting, difference);
      return;
    }
    this.listener.cleared(greeting.cleared);
    this.expect(greeting.members);
    const isNew = this.byPid.get(pid) === undefined;
    const peer = isNew ? this.add(node, pid) : undefined;
    const { youPull } = greeting;
    if (youPull === undefined) {
      const theyPull = greeting.entries <= this.context.store.size;
      this.context.send(pid, ['cache:hello', this.context.pid, { ...this.greeting(), youPull: theyPull }]);
      if (peer !== undefined) this.listener.joined(peer, !theyPull);
    } else if (peer !== undefined) this.listener.joined(peer, youPull);
  }

  /** @returns whether that was the monitor of a peer */
  down(ref: Ref): boolean {
    if (this.isNotThere(ref)) return true;
    for (const peer of this.byPid.values()) {
      if (peer.ref !== ref) continue;
      this.remove(peer);
      return true;
    }
    return false;
  }

  /** There is no server where others have said that there is one: it has gone. */
  private isNotThere(ref: Ref): boolean {
    const node = this.watched.get(ref);
    if (node === undefined) return false;
    this.watched.delete(ref);
    if (this.expected.giveUp(node)) this.listener.notThere();
    return true;
  }

  /** Whom others have named is met, or is not waited for any more. */
  private unwatch(): void {
    for (const [ref, node] of this.watched) {
      if (this.expected.has(node)) continue;
      this.context.demonitor(ref);
      this.watched.delete(ref);
    }
  }

  /** A second has passed: who is not met by now is not waited for any more. */
  look(): void {
    this.expected.look();
    this.unwatch();
  }

  /** A peer will stop: it gets nothing any more, but what it says counts. */
  leaving(pid: Pid): void {
    const peer = this.byPid.get(pid);
    if (peer !== undefined) this.gone(peer);
  }

  private add(node: NodeName, pid: Pid): Peer {
    const before = this.ready.get(node);
    if (before !== undefined) {
      this.context.demonitor(before.ref);
      this.remove(before);
    }
    const peer = { node, pid, ref: this.context.monitor(pid) };
    this.ready.set(node, peer);
    this.present = new WeakMap();
    this.expected.met(node);
    this.unwatch();
    this.byPid.set(pid, peer);
    return peer;
  }

  private remove(peer: Peer): void {
    this.byPid.delete(peer.pid);
    this.gone(peer);
  }

  private gone(peer: Peer): void {
    if (this.ready.get(peer.node) !== peer) return;
    this.ready.delete(peer.node);
    this.present = new WeakMap();
    this.listener.left(peer);
  }

  private greeting(): Greeting {
    const { options, store } = this.context;
    const { size: entries, clearedUntil: cleared } = store;
    const { members } = this.context.owners;
    return { options: sameEverywhere(options), entries, cleared, bornAt: this.bornAt, members };
  }

  private differenceTo(node: NodeName, { options: theirs }: Greeting): string | undefined {
    const { options, node: self } = this.context;
    const mine = sameEverywhere(options);
    const name = Object.keys({ ...mine, ...theirs }).find((key) => mine[key] !== theirs[key]);
    if (name === undefined) return undefined;
    const [here, there] = [inspect(mine[name]), inspect(theirs[name])];
    return `expected ${name} to be the same on all nodes, got ${here} on ${self} and ${there} on ${node}`;
  }

  /** Whoever came later has to go: a newcomer must not end what others use. */
  private disagree(pid: Pid, { bornAt }: Greeting, difference: string): void {
    const { context } = this;
    const refusal = `cache '${context.options.name}': ${difference}`;
    // Moments, not ages: both sides must come to the same end, however long a greeting took.
    const iGo = this.bornAt === bornAt ? context.node > nodeOfPid(pid) : this.bornAt > bornAt;
    if (iGo) {
      this.listener.refused(refusal);
      return;
    }
    context.log.error(`${difference}: the one on ${nodeOfPid(pid)} has to go`);
    context.send(pid, ['cache:refused', context.pid, refusal]);
  }
}

/** What must be the same on all nodes. */
function sameEverywhere(options: FullCacheOptions): Readonly<Record<string, unknown>> {
  const { where, routing, copies, concern, ttlMs, sliding, whenFull, tombstoneMs, syncEveryMs } = options;
  return {
    'its protocol': peerProtocol,
    'its members': where,
    routing,
    copies,
    concern,
    ttlMs,
    sliding,
    whenFull,
    tombstoneMs,
    syncEveryMs,
    functions: namesOf(options.functions),
    schemas: namesOf(options.schemas),
  };
}

function namesOf(named: object): string {
  return Object.keys(named).sort().join(', ');
}
