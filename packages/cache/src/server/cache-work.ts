import { enterMembership, leaveMembership, membersHeard, type Membership } from '@trestle/cluster';
import { isRef, type NodeName, type Self } from '@trestle/runtime';
import { attachedTo, Inflow } from '@trestle/runtime/internal';
import { inspect } from 'node:util';
import { cacheMembership, membershipOptionsOf } from '../terms/cache-members';
import { fullCacheOptions, type CacheOptions, type FullCacheOptions } from '../terms/cache-options';
import { ServedBatches } from './batches/served-batches';
import { holdDrain } from './drain-hold';
import { CachePart } from './cache-part';
import { Departure } from './departure';
import { Subscribers } from './subscribers';
import { ServedRequests } from './operations/served-requests';
import { Owners } from '../replication/owners';
import type { PeerMessage } from '../replication/peer-message';
import type { ReplicaContext } from '../replication/replica-context';
import { Replicas } from '../replication/replicas';

/** How often it is looked whether something has taken too long, or has ended. */
const tickMs = 1_000;

/** What a server tells itself to do when it has handled what is in its mailbox. */
const chores = ['$flush', '$count', '$events', '$batches', '$tick', '$rerouted'] as const;
type Chore = (typeof chores)[number];

/** Puts together what a server of a cache consists of, and has it hear what it must. */
export class CacheWork {
  readonly part: CachePart;
  readonly requests: ServedRequests;
  /** Why this server must not go on. */
  refusal: string | null = null;
  private readonly options: FullCacheOptions;
  private readonly subscribers: Subscribers;
  private readonly batches: ServedBatches;
  private readonly membership: Membership;
  private readonly stopListening: () => void;
  private readonly releaseNode: () => void;
  private isTicking = false;
  /** The process that watches members, if they come and go. */
  private readonly members: string | null;
  /** By way of which process this node becomes a member; `null` if it is one, or will be. */
  private entry: string | null;
  private readonly departure: Departure | null;

  constructor(
    private readonly self: Self,
    given: CacheOptions,
  ) {
    this.options = fullCacheOptions(given);
    this.membership = cacheMembership(self.node, given);
    const { copies, handoff } = this.options;
    const comeAndGo = membershipOptionsOf(given) !== undefined;
    const isReplicated = copies > 1 || (handoff && comeAndGo);
    this.subscribers = this.createSubscribers();
    this.part = new CachePart(self, this.options, this.subscribers, isReplicated);
    this.batches = new ServedBatches(this.part, self.node.clock, () => {
      this.later('$batches');
    });
    this.members = membershipOptionsOf(given)?.name ?? null;
    this.entry = this.members;
    this.departure = this.members === null ? null : this.departureFrom(this.members);
    this.requests = this.serveRequests();
    this.stopListening = isReplicated ? this.replicate() : () => undefined;
    this.releaseNode = holdDrain(self, this.part, comeAndGo);
    // However the server ends: one that is shut down, or killed, is not told.
    self.signal.addEventListener('abort', () => {
      this.end();
    });
  }

  /**
   * Makes this node a member, if it is not one by its name: when those that are members have greeted it, or refused it. The
   * first of all is one at once, so that there is somebody to ask.
   */
  async enter(): Promise<void> {
    const { entry } = this;
    if (entry === null || (this.part.replicas?.peers.expected.size ?? 0) > 0) return;
    this.entry = null;
    await enterMembership(this.self, entry);
  }

  /** A message of another server of this cache. */
  receive(message: PeerMessage): void {
    this.part.replicas?.receive(message);
    this.subscribers.look();
    this.departure?.look();
    if (this.entry !== null) this.enterSoon();
  }

  /** @returns whether a message was for the server, and not for somebody who tries where it arrives */
  note(message: unknown): boolean {
    const isNoted = this.noteOne(message);
    this.subscribers.look();
    this.departure?.look();
    return isNoted;
  }

  private noteOne(message: unknown): boolean {
    if (typeof message === 'string') return this.noteChore(message);
    const { type, ref, node } = (message ?? {}) as { type?: unknown; ref?: unknown; node?: unknown };
    if (type === 'nodeup' || type === 'nodedown') {
      if (type === 'nodeup' && typeof node === 'string') this.nodeIsUp(node);
      return true;
    }
    if (type !== 'DOWN' || !isRef(ref)) return false;
    if (this.part.replicas?.down(ref) !== true) return this.subscribers.down(ref);
    if (this.entry !== null) this.enterSoon();
    return true;
  }

  /** Looks now and then from now on, if there is anything to look after. */
  watchTime(): void {
    if (this.isTicking || (this.part.replicas === null && this.part.store.nextSweepAt === Infinity)) return;
    this.isTicking = true;
    this.self.sendAfter(this.self.pid, '$tick' satisfies Chore, tickMs);
  }

  private end(): void {
    this.stopListening();
    this.releaseNode();
  }

  private noteChore(message: string): boolean {
    if (!(chores as readonly string[]).includes(message)) return false;
    const { replicas, store } = this.part;
    switch (message as Chore) {
      case '$flush':
        replicas?.soon('flush');
        break;
      case '$count':
        replicas?.soon('count');
        break;
      case '$events':
        this.subscribers.flush();
        break;
      case '$batches':
        this.batches.tell();
        break;
      case '$rerouted':
        replicas?.rerouted(this.membership.current());
        break;
      case '$tick':
        this.isTicking = false;
        store.sweep();
        replicas?.tick();
        this.enterSoon();
        this.watchTime();
    }
    return true;
  }

  /** It may be a member, or have been one where this node was none: until that is known nobody says that there is nothing. */
  private nodeIsUp(node: NodeName): void {
    const { replicas } = this.part;
    replicas?.peers.meet(node);
    if (this.members !== null) replicas?.questions.holdUntil(this.heard(this.members));
  }

  /** The change that was told meanwhile is handled before what waits for it goes on. */
  private async heard(members: string): Promise<void> {
    await membersHeard(this.self, members);
    this.part.replicas?.rerouted(this.membership.current());
  }

  private enterSoon(): void {
    if (this.refusal !== null) return;
    this.enter().catch((error: unknown) => {
      this.self.log.error(`${this.options.name} could not become a member: ${inspect(error)}`);
    });
  }

  private later(chore: Chore): void {
    this.self.send(this.self.pid, chore);
  }

  private departureFrom(members: string): Departure {
    return new Departure(this.part, () => {
      this.entry = null;
      return leaveMembership(this.self, members);
    });
  }

  private serveRequests(): ServedRequests {
    const { self, part, subscribers, batches, departure } = this;
    return new ServedRequests(
      part,
      subscribers,
      batches,
      (to, request) => self.call({ name: this.options.name, node: to }, request as never),
      (done) => {
        if (departure === null) part.drain(done);
        else departure.begin(done);
      },
    );
  }

  private createSubscribers(): Subscribers {
    const { self } = this;
    return new Subscribers({
      cache: this.options.name,
      node: self.node.name,
      monitor: (pid) => self.monitor(pid),
      demonitor: (ref) => void self.demonitor(ref, { flush: true }),
      send: (to, event) => {
        self.send(to, event);
      },
      now: () => self.node.clock.now(),
      state: () => this.part.standing,
      soon: () => {
        this.later('$events');
      },
    });
  }

  /** @returns ends the watch over members */
  private replicate(): () => void {
    const { self, part } = this;
    self.monitorNodes(true);
    part.replicas = new Replicas(this.replicaContext(), {
      progress: (peer, progress, entries, isLost) => {
        this.subscribers.progress(peer.node, progress, entries, isLost);
      },
      refused: (difference) => {
        this.refusal = difference;
      },
    });
    part.replicas.peers.meetAll();
    this.watchTime();
    return this.membership.onChange(() => {
      this.later('$rerouted');
    });
  }

  private replicaContext(): ReplicaContext {
    const { self, part, options } = this;
    const { clock, name } = self.node;
    const inflow = attachedTo('startCache', self.node, Inflow);
    return {
      node: name,
      pid: self.pid,
      options,
      store: part.store,
      clock: part.clock,
      owners: new Owners(name, options.copies, this.membership.current()),
      log: self.log,
      now: () => clock.now(),
      wallTime: () => clock.wallTime(),
      send: (to, message) => {
        self.send(to, message);
      },
      bytesFrom: (other) => inflow.bytesFrom(other),
      monitor: (whom) => self.monitor(whom),
      demonitor: (ref) => void self.demonitor(ref, { flush: true }),
      soon: (what) => {
        this.later(`$${what}`);
      },
    };
  }
}
