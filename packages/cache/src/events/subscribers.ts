import type { Pid, Ref } from '@trestle/runtime';
import { keyOf, type StoredKey } from '../store/stored-key';
import type { CacheEvent, CacheEventKind } from './cache-event';

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
  /** Has `flush` called when the server has handled what is in its mailbox now. */
  soon(): void;
}

/** The processes that want to hear what happens to entries. While there are none nothing is kept for them. */
export class Subscribers {
  private readonly subscribers = new Map<Pid, Subscriber>();
  private readonly piles = new Map<KeyEvent, Set<StoredKey>>();
  /** What anybody wants to hear. */
  private wanted: ReadonlySet<CacheEventKind> = new Set();

  constructor(private readonly host: SubscriberHost) {}

  subscribe(pid: Pid, events: readonly CacheEventKind[]): void {
    this.unsubscribe(pid);
    this.subscribers.set(pid, { events: new Set(events), ref: this.host.monitor(pid) });
    this.sum();
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
  progress(from: string, progress: number, entries: number): void {
    if (!this.wanted.has('rehydration')) return;
    const { cache, node } = this.host;
    this.tell({ type: 'cacheEvent', cache, node, event: 'rehydration', from, progress, entries });
  }

  private tell(event: CacheEvent): void {
    for (const [pid, { events }] of this.subscribers) if (events.has(event.event)) this.host.send(pid, event);
  }

  private sum(): void {
    this.wanted = new Set([...this.subscribers.values()].flatMap(({ events }) => [...events]));
  }
}
