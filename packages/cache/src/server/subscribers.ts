import type { Pid, Ref } from '@trestle/runtime';
import { keyOf, type StoredKey } from '../store/stored-key';
import type { CacheEvent, CacheEventKind, PartState } from '../terms/cache-event';

interface Subscriber {
  readonly events: ReadonlySet<CacheEventKind>;
  readonly ref: Ref;
}

type KeyEvent = 'changed' | 'evicted' | 'expired';

/** What subscribers need of their server. */
export interface SubscriberHost {
  readonly cache: string;
  readonly node: string;
  monitor(pid: Pid): Ref;
  demonitor(ref: Ref): void;
  send(to: Pid, event: CacheEvent): void;
  /** The time, in ms. */
  now(): number;
  /** How the part of the cache stands. */
  state(): PartState;
  /** Has `flush` called when the server has handled what is in its mailbox now. */
  soon(): void;
}

/** How long it is told to new subscribers how a copying ended, in ms. */
const recentMs = 10_000;

/** The processes that want to hear what happens to entries. While there are none nothing is kept for them. */
export class Subscribers {
  private readonly subscribers = new Map<Pid, Subscriber>();
  private readonly piles = new Map<KeyEvent, Set<StoredKey>>();
  /** What anybody wants to hear. */
  private wanted: ReadonlySet<CacheEventKind> = new Set();
  /** How far the copying from each node is: a node that has just come may be done before anybody can subscribe. */
  private readonly copying = new Map<string, { readonly event: CacheEvent; readonly at: number }>();

  /** Whether anybody wants to hear how the part stands, and what was told last. */
  private watchesState = false;
  private lastState = '';

  constructor(private readonly host: SubscriberHost) {}

  subscribe(pid: Pid, events: readonly CacheEventKind[]): void {
    // Whoever is here hears of a change that was not told yet; whoever comes hears how it is.
    this.look();
    const hasHeard = this.subscribers.get(pid)?.events.has('rehydration') ?? false;
    this.unsubscribe(pid);
    this.subscribers.set(pid, { events: new Set(events), ref: this.host.monitor(pid) });
    this.sum();
    if (events.includes('rehydration') && !hasHeard) this.tellRecent(pid);
    if (events.includes('state')) this.tellState(pid);
  }

  /** Something has happened after which the part may stand otherwise than before. */
  look(): void {
    if (!this.watchesState) return;
    const state = this.host.state();
    if (textOf(state) === this.lastState) return;
    this.lastState = textOf(state);
    this.tell(this.stateEvent(state));
  }

  unsubscribe(pid: Pid): void {
    const subscriber = this.subscribers.get(pid);
    if (subscriber === undefined) return;
    this.host.demonitor(subscriber.ref);
    this.subscribers.delete(pid);
    this.sum();
  }

  /** @returns whether that was the end of a subscriber */
  down(ref: Ref): boolean {
    for (const [pid, subscriber] of this.subscribers) {
      if (subscriber.ref !== ref) continue;
      this.subscribers.delete(pid);
      this.sum();
      return true;
    }
    return false;
  }

  /** Something has happened to a key. */
  note(event: KeyEvent, key: StoredKey): void {
    if (!this.wanted.has(event)) return;
    const pile = this.piles.get(event);
    if (pile !== undefined) {
      pile.add(key);
      return;
    }
    if (this.piles.size === 0) this.host.soon();
    this.piles.set(event, new Set([key]));
  }

  /** Tells what has happened since. */
  flush(): void {
    const { cache, node } = this.host;
    for (const [event, keys] of this.piles) {
      this.tell({ type: 'cacheEvent', cache, node, event, keys: [...keys].map(keyOf) });
    }
    this.piles.clear();
  }

  /** How far the node is with copying from another one. */
  progress(from: string, progress: number, entries: number, isLost = false): void {
    const { cache, node } = this.host;
    const label = { type: 'cacheEvent', cache, node, event: 'rehydration' } as const;
    const event = { ...label, from, progress, entries, ...(isLost ? { lost: true as const } : {}) };
    this.copying.set(from, { event, at: this.host.now() });
    if (this.wanted.has('rehydration')) this.tell(event);
  }

  private tellRecent(pid: Pid): void {
    for (const [from, { event, at }] of this.copying) {
      if (at < this.host.now() - recentMs) this.copying.delete(from);
      else this.host.send(pid, event);
    }
  }

  private tellState(pid: Pid): void {
    const state = this.host.state();
    this.lastState = textOf(state);
    this.host.send(pid, this.stateEvent(state));
  }

  private tell(event: CacheEvent): void {
    for (const [pid, { events }] of this.subscribers) if (events.has(event.event)) this.host.send(pid, event);
  }

  private stateEvent({ state, peers }: PartState): CacheEvent {
    const { cache, node } = this.host;
    return { type: 'cacheEvent', cache, node, event: 'state', state, peers };
  }

  private sum(): void {
    this.wanted = new Set([...this.subscribers.values()].flatMap(({ events }) => [...events]));
    this.watchesState = this.wanted.has('state');
  }
}

function textOf({ state, peers }: PartState): string {
  return `${state} ${peers.join()}`;
}
