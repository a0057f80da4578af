import { GenServer, localName, type InitResult, type NodeName, type Ref } from '@trestle/runtime';
import type { CacheProtocol } from '../terms/cache-protocol';
import type { CacheRequests } from '../client/cache-requests';
import type { CacheEvent, CacheEventKind } from '../terms/cache-event';

/** What a feed hears, and whom it tells. */
export interface FeedArgs {
  readonly requests: CacheRequests;
  readonly events: readonly CacheEventKind[];
  /** What tools call the process. */
  readonly label: string;
  /** The nodes that tell what happens on them, kept up by the feed. */
  readonly heard: Set<NodeName>;
  readonly hear: (event: CacheEvent) => void;
  /** Something may have happened that nobody told: a node was lost, or keys have other owners now. */
  readonly missed: () => void;
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

/** Hears from all nodes that hold entries of a cache what happens on them, also from those that come later. */
export class EventFeed extends GenServer<never, never, FeedArgs> {
  private args!: FeedArgs;
  private readonly watched = new Map<Ref, NodeName>();

  override init(args: FeedArgs): InitResult {
    this.args = args;
    const { self } = this;
    self.label = args.label;
    const stop = args.requests.membership.onChange(() => {
      args.missed();
      self.send(self.pid, { type: 'members' });
    });
    self.signal.addEventListener('abort', () => {
      stop();
      args.heard.clear();
      args.missed();
    });
    this.listenToAll();
    return undefined;
  }

  override handleInfo(message: unknown): void {
    const told = message as Told;
    if (told.type === 'cacheEvent') this.args.hear(told);
    else if (told.type === 'members') this.listenToAll();
    else if (told.type === 'listen') this.listen(told.node);
    else if (told.type === 'DOWN') this.lose(told.ref);
  }

  private listenToAll(): void {
    for (const node of this.args.requests.membership.current().members) this.listen(node);
  }

  /** The monitor stands before the subscription: the end of the server is not missed. */
  private listen(node: NodeName): void {
    const { requests, heard, events } = this.args;
    if (!requests.isMember(node) || [...this.watched.values()].includes(node)) return;
    const { self } = this;
    const ref = self.monitor(localName<CacheProtocol>(requests.name).on(node));
    this.watched.set(ref, node);
    requests.askNode(node, { type: 'subscribe', events, pid: self.pid }).then(
      () => {
        if (this.watched.has(ref)) heard.add(node);
      },
      // Its monitor says so too, unless it only was slow.
      () => {
        if (self.signal.aborted || !this.watched.delete(ref)) return;
        self.demonitor(ref, { flush: true });
        self.sendAfter(self.pid, { type: 'listen', node }, againMs);
      },
    );
  }

  private lose(ref: Ref): void {
    const node = this.watched.get(ref);
    if (node === undefined) return;
    this.watched.delete(ref);
    this.args.heard.delete(node);
    this.args.missed();
    this.self.sendAfter(this.self.pid, { type: 'listen', node }, againMs);
  }
}
