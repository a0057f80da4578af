import { GenServer, localName, type InitResult, type NodeName, type Ref } from '@trestle/runtime';
import type { CacheProtocol } from '../cache-protocol';
import type { CacheRequests } from '../cache-requests';
import type { CacheEvent } from '../events/cache-event';
import { storedKey } from '../store/stored-key';
import type { NearEntries } from './near-entries';

/** What the process of a near cache shares with it. */
export interface NearCacheShare {
  readonly requests: CacheRequests;
  readonly entries: NearEntries;
  /** The nodes that will say what changes on them. */
  readonly heard: Set<NodeName>;
}

type Told =
  | CacheEvent
  | { readonly type: 'members' }
  | { readonly type: 'listen'; readonly node: NodeName }
  | { readonly type: 'DOWN'; readonly ref: Ref }
  /** Whatever else there is. */
  | { readonly type: '' };

/** How long to wait before a node that could not be asked is asked again, in ms. */
const againMs = 1_000;

/** Hears from all nodes that hold entries which ones change. When it might have missed something, all are dropped. */
export class NearCacheServer extends GenServer<never, never, NearCacheShare> {
  private share!: NearCacheShare;
  private readonly watched = new Map<Ref, NodeName>();

  override init(share: NearCacheShare): InitResult {
    this.share = share;
    const { self } = this;
    self.label = `near cache of ${share.requests.name}`;
    const stop = share.requests.membership.onChange(() => {
      // Keys have other owners now, which have not been heard of these.
      share.entries.dropAll();
      self.send(self.pid, { type: 'members' });
    });
    self.signal.addEventListener('abort', () => {
      stop();
      share.heard.clear();
      share.entries.dropAll();
    });
    this.listenToAll();
    return undefined;
  }

  override handleInfo(message: unknown): void {
    const told = message as Told;
    if (told.type === 'cacheEvent') this.hear(told);
    else if (told.type === 'members') this.listenToAll();
    else if (told.type === 'listen') this.listen(told.node);
    else if (told.type === 'DOWN') this.lose(told.ref);
  }

  private hear(event: CacheEvent): void {
    if (event.event === 'rehydration') return;
    for (const key of event.keys) this.share.entries.drop(storedKey(key));
  }

  private listenToAll(): void {
    const { membership } = this.share.requests;
    const watched = new Set(this.watched.values());
    for (const node of membership.current().members) if (!watched.has(node)) this.listen(node);
  }

  /** The monitor stands before the subscription: the end of the server is not missed. */
  private listen(node: NodeName): void {
    const { requests, heard } = this.share;
    if (!requests.isMember(node)) return;
    const { self } = this;
    const ref = self.monitor(localName<CacheProtocol>(requests.name).on(node));
    this.watched.set(ref, node);
    const request = { type: 'subscribe', events: ['changed', 'expired'], pid: self.pid } as const;
    requests.askNode(node, request).then(
      () => {
        if (this.watched.has(ref)) heard.add(node);
      },
      // Its monitor says so too, unless it only was slow.
      () => {
        if (this.watched.delete(ref) && !self.signal.aborted) this.later(node, ref);
      },
    );
  }

  private lose(ref: Ref): void {
    const node = this.watched.get(ref);
    if (node === undefined) return;
    this.watched.delete(ref);
    this.share.heard.delete(node);
    this.share.entries.dropAll();
    this.self.sendAfter(this.self.pid, { type: 'listen', node }, againMs);
  }

  private later(node: NodeName, ref: Ref): void {
    this.self.demonitor(ref, { flush: true });
    this.self.sendAfter(this.self.pid, { type: 'listen', node }, againMs);
  }
}
