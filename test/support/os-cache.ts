import type { CacheEvent, CacheEventKind, CacheServer } from '@trestle/cache';
import { localName, type Node, type NodeName } from '@trestle/runtime';
import { wronglyPlaced } from '../cache/replication/cache-cluster';
import type { Copies } from '../e2e/programs/cache-node';

/** Copies that are wrong are waited for so long: a test is told which ones, before jest gives it up. */
const patienceMs = 20_000;

/** A cache on nodes in OS processes of their own, as another node sees it: see `programs/cache-node.ts`. */
export class OsCache {
  constructor(
    private readonly witness: Node,
    readonly names: readonly NodeName[],
  ) {}

  /** What one of its nodes is asked. */
  on(name: NodeName) {
    return this.witness.rpc.module<Copies>('Copies').on(name, { timeoutMs: patienceMs });
  }

  /** Has every node tell what happens on it from now on, until `isEnough` says so of what it has heard. */
  hear(events: readonly CacheEventKind[], isEnough: (event: CacheEvent) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.witness.spawn<CacheEvent>(async (self) => {
        const subscribe = { type: 'subscribe', events, pid: self.pid } as const;
        const servers = this.names.map((name) => localName<CacheServer>('Cache').on(name));
        await Promise.all(servers.map((server) => self.call(server, subscribe))).catch(reject);
        while (!isEnough(await self.receive('cacheEvent')));
        resolve();
      });
    });
  }

  /** Waits until each node sees all others, and has what they have. */
  async inStep(): Promise<void> {
    const ready = new Set<string>();
    await this.hear(['state'], (event) => {
      if (event.event !== 'state') return false;
      if (event.state === 'ready' && event.peers.length === this.names.length - 1) ready.add(event.node);
      else ready.delete(event.node);
      return ready.size === this.names.length;
    });
  }

  /**
   * Waits until all copies are equal, each where it belongs and nowhere else: what was not acknowledged may still spread.
   * @returns what a node knows, by key
   */
  async untilEqual(): Promise<Map<unknown, string>> {
    let look = (): void => undefined;
    let isDone = false;
    let wrong: unknown[] = [];
    const hearing = this.hear(['changed', 'state'], () => {
      look();
      return isDone;
    });
    // Once the copies are equal, nobody waits for it.
    hearing.catch(() => undefined);
    const late = patience(() => JSON.stringify(wrong.slice(0, 3)));
    for (;;) {
      const change = new Promise<void>((resolve) => (look = resolve));
      const known = await this.known();
      const all = new Map([...known.values()].flatMap((records) => [...records]));
      wrong = wronglyPlaced(known, await this.owners([...all.keys()]));
      if (wrong.length === 0) {
        isDone = true;
        late.end();
        return all;
      }
      await Promise.race([change, hearing, late.isOver]);
    }
  }

  private async known() {
    const records = await Promise.all(this.names.map((name) => this.on(name).records()));
    return new Map(this.names.map((name, i) => [name, new Map(records[i])]));
  }

  /** Whose keys are, as the first node says. */
  private async owners(keys: Parameters<Copies['owners']>[0]) {
    const owners = await this.on(this.names[0]!).owners(keys);
    const ownersOf = new Map(keys.map((key, i) => [key, owners[i]!]));
    return (key: (typeof keys)[number]) => ownersOf.get(key)!;
  }
}

function patience(what: () => string): { readonly isOver: Promise<never>; readonly end: () => void } {
  let end = (): void => undefined;
  const isOver = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`copies stay wrong: ${what()}`)), patienceMs);
    end = () => clearTimeout(timer);
  });
  // Nobody may be waiting when it is over.
  isOver.catch(() => undefined);
  return { isOver, end };
}
