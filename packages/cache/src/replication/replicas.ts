import type { Routing } from '@trestle/cluster';
import type { NodeName, Ref } from '@trestle/runtime';
import type { Entry } from '../store/entry';
import type { StoredKey } from '../store/stored-key';
import type { Version } from '../versions/version';
import { Absence } from './comparison/absence';
import { Claims } from './lookups/claims';
import { Clearing } from './clearing';
import { Comparisons } from './comparison/comparisons';
import { Digests } from './comparison/digests';
import { Finds } from './lookups/finds';
import { Handoff } from './handoff/handoff';
import { Incoming } from './incoming';
import type { PeerMessage } from './peer-message';
import { Patience } from './patience';
import { Peers, type Peer } from './peers';
import { Questions } from './lookups/questions';
import { receiveMessage, type Receivers } from './receive-message';
import type { ReplicaContext } from './replica-context';
import { SlotIndex } from './comparison/slot-index';
import { Sync, type SyncListener } from './comparison/sync';
import { SyncSource } from './comparison/sync-source';
import { Writes } from './writes/writes';

/** How many keys are counted in one go after a change of the routing. */
const countAtOnce = 2_000;

/** What the server has to do when its copies ask for it. */
export interface ReplicaListener extends Pick<SyncListener, 'progress'> {
  /** The server must not go on. */
  refused(difference: string): void;
}

/** The copies of a node's entries on other nodes, and its copies of theirs. */
export class Replicas {
  readonly peers: Peers;
  readonly writes: Writes;
  readonly handoff: Handoff;
  readonly clearing: Clearing;
  private readonly patience: Patience;
  readonly questions: Questions;
  readonly claims: Claims;
  readonly finds: Finds;
  private readonly digests: Digests;
  private readonly index: SlotIndex;
  private readonly absence: Absence;
  private readonly sync: Sync;
  private readonly source: SyncSource;
  private readonly receivers: Receivers;
  private readonly comparisons: Comparisons;

  constructor(
    private readonly context: ReplicaContext,
    private readonly listener: ReplicaListener,
  ) {
    const { node, owners, options, store } = context;
    const refused = (difference: string): void => {
      listener.refused(difference);
    };
    this.peers = new Peers(context, {
      joined: this.joined,
      left: this.left,
      notThere: this.retry,
      refused,
      cleared: (stamp) => this.clearing.heard(stamp),
    });
    this.clearing = new Clearing(context, this.peers);
    this.writes = new Writes(context, this.peers, this.isAstray);
    this.patience = new Patience(context, this.peers);
    this.claims = new Claims(node, owners, this.peers);
    this.questions = new Questions(context, this.peers, this.patience);
    this.digests = new Digests(node, owners);
    this.index = new SlotIndex(store, () => context.now());
    this.absence = new Absence(node, options.tombstoneMs);
    this.sync = new Sync(context, this.digests, this.index, this.absence, {
      progress: listener.progress,
      finished: () => {
        this.absence.trust();
      },
    });
    this.source = new SyncSource(context, this.digests, this.index, this.absence);
    this.handoff = new Handoff(context, this.peers, this.writes.outbox);
    this.finds = new Finds(context, this.questions, this.claims, this.peers, this.handoff);
    const { peers, writes, questions, claims, sync, source, clearing, digests, handoff } = this;
    const incoming = new Incoming(context, this.absence, handoff);
    const leads = (key: StoredKey): boolean => this.firstOf(key) === node;
    this.receivers = { peers, writes, questions, claims, leads, sync, source, clearing, incoming, refused };
    this.comparisons = new Comparisons(context, { sync, source, digests, peers, handoff });
    this.look();
  }

  /** Whether it has what the others had when it met them. */
  get isInStep(): boolean {
    return this.comparisons.areDone;
  }

  /** Whether it has all that it should have: nothing is to come from those who had it before. */
  get hasAll(): boolean {
    return this.isInStep && !this.context.owners.haveChanged;
  }

  /** Whether this node, which is about to leave, has something that others are to have. */
  get isLeaving(): boolean {
    const { owners, node } = this.context;
    return owners.members.includes(node) || this.digests.isCounting || this.handoff.isBusy;
  }

  get members(): readonly NodeName[] {
    return this.context.owners.members;
  }

  /** The nodes that should have a key, the best first. */
  ownersOf(key: StoredKey): readonly NodeName[] {
    return this.context.owners.of(key);
  }

  /** The node that does what must be done by one: the first owner that is there. */
  leaderOf(key: StoredKey): NodeName | undefined {
    const { claims, peers, context } = this;
    // Who is about to greet is there; somebody has said so who knows it already.
    const expected = (): NodeName | undefined =>
      context.owners.of(key).find((owner) => peers.expected.has(owner));
    return claims.claimantOf(key) ?? this.firstOf(key) ?? expected();
  }

  /** Whether nobody else can be changing a key. */
  changesAlone(key: StoredKey): boolean {
    return this.claims.isMine(key, this.leaderOf(key) === this.context.node);
  }

  private firstOf(key: StoredKey): NodeName | undefined {
    const { owners, node } = this.context;
    return owners.of(key).find((owner) => owner === node || this.peers.has(owner));
  }

  /** A version was written, or forgotten. */
  changed(key: StoredKey, before: Version | undefined, after: Version | undefined): void {
    this.digests.changed(key, before, after);
    if (before === undefined) this.index.added(key);
  }

  /** The other copies live as long as this one. */
  prolonged(key: StoredKey, entry: Entry): void {
    for (const owner of this.context.owners.of(key)) {
      const peer = this.peers.get(owner);
      if (peer !== undefined) this.writes.outbox.add(peer, key, entry, null);
    }
  }

  /** The keys have other owners from now on. */
  rerouted(routing: Routing): void {
    const { owners, store } = this.context;
    if (owners.isBy(routing)) return;
    const before = owners.members;
    owners.change(routing, this.context.now());
    this.claims.changed(routing.members);
    this.comparisons.rerouted(before, routing.members);
    const keys: StoredKey[] = [];
    for (const [key] of store.records()) keys.push(key);
    this.digests.recount(keys);
    this.index.drop();
    this.look();
    this.peers.meetAll();
    this.writes.retry();
    this.context.soon('count');
  }

  /** Goes on with what was put off. */
  soon(what: 'flush' | 'count'): void {
    if (what === 'count') this.count();
    else {
      this.writes.outbox.flush();
      this.questions.flush();
    }
  }

  /** Some time has passed. */
  tick(): void {
    const now = this.context.now();
    this.patience.look();
    this.writes.look(this.patience);
    this.questions.giveUpLate();
    this.sync.askAgain(this.patience);
    this.index.age();
    this.context.owners.age(now);
    this.peers.look();
    this.handoff.moved.age();
    this.peers.greetAll();
    this.retry();
    this.comparisons.look();
  }

  /** Says good-bye: nothing is to be sent here any more. */
  leave(): void {
    // Whoever takes over must know what was written last.
    this.writes.outbox.flush();
    for (const { pid } of this.peers.all()) this.context.send(pid, ['cache:leaving', this.context.pid]);
  }

  /** @returns whether that was the end of a peer */
  down(ref: Ref): boolean {
    return this.peers.down(ref);
  }

  receive(message: PeerMessage): void {
    receiveMessage(this.receivers, message);
  }

  private count(): void {
    const { store, owners } = this.context;
    const isDone = this.digests.countSome(
      countAtOnce,
      (key) => store.versionOf(key),
      (key) => {
        if (!owners.isMine(key)) this.handoff.add(key);
      },
    );
    this.handoff.pump();
    if (!isDone) {
      this.context.soon('count');
      return;
    }
    this.source.counted();
    this.comparisons.counted();
  }

  private readonly joined = (peer: Peer, pull: boolean): void => {
    this.look();
    if (this.handoff.drains) return;
    if (pull || this.absence.trustsFrom !== 0) this.sync.start(peer, 'joining');
    this.retry();
  };

  /** Others are there than before, or are not waited for any more. */
  private readonly retry = (): void => {
    this.questions.retry();
    this.writes.retry();
    this.handoff.retry();
  };

  private readonly isAstray = (key: StoredKey): void => {
    this.handoff.giveSoon(key);
  };

  private readonly left = (peer: Peer): void => {
    this.look();
    this.patience.left(peer);
    this.sync.left(peer);
    this.writes.left(peer);
    this.questions.left(peer);
  };

  /** Looks who is there. */
  private look(): void {
    const { owners, node } = this.context;
    const isThere = (other: NodeName): boolean => other === node || this.peers.has(other);
    this.absence.update(owners.members, isThere, this.context.wallTime());
  }
}
