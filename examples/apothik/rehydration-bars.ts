// How far the machines are that copy what they missed: one line for each when it is done, and a bar for each second it takes.
import { Cache, listenToCache, type CacheEvent } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import { nodeList } from './cluster-config';
import { barOf } from './progress-bar';

type Step = Extract<CacheEvent, { readonly event: 'rehydration' }>;
/** How often a bar is drawn, in ms. */
const drawEveryMs = 1_000;

/** @returns stops it, and shows how far those are that have not arrived */
export async function watchRehydration(
  node: Node,
  stream: NodeJS.WriteStream = process.stdout,
): Promise<() => Promise<void>> {
  const copies = new Map<string, Copying>();
  // A view of the five is enough to hear them, whatever their routing is.
  const cache = new Cache(node, { name: 'Cache', nodes: nodeList });
  const stop = await listenToCache(node, cache, ['rehydration'], (event) => {
    if (event.event !== 'rehydration') return;
    const now = node.clock.now();
    const copying = copies.get(event.node) ?? new Copying(event.node, now);
    copies.set(event.node, copying);
    copying.heard(event);
    if (event.lost === true)
      stream.write(`${event.from} is lost: ${event.node} copies the rest from others\n`);
    // Most machines that compare what they have find that nothing is missing: that is no news.
    if (copying.isDone) copies.delete(event.node);
    if (copying.isDone ? copying.entries > 0 : stream.isTTY && now - copying.drawnAt >= drawEveryMs)
      stream.write(copying.line(now));
  });
  return async function stopWatching() {
    for (const copying of copies.values()) stream.write(copying.line(0));
    await stop();
  };
}

/** What one machine copies, from as many others as it needs. */
class Copying {
  private readonly sources = new Map<string, Step>();

  /** @param drawnAt when it was last drawn, by the node's clock */
  constructor(
    private readonly machine: string,
    public drawnAt: number,
  ) {}

  get isDone(): boolean {
    return this.progress === 1;
  }

  get entries(): number {
    return this.steps.reduce((sum, { entries }) => sum + entries, 0);
  }

  heard(step: Step): void {
    this.sources.set(step.from, step);
  }

  line(now: number): string {
    this.drawnAt = now;
    const percent = Math.floor(this.progress * 100);
    return `${this.machine} copies ${barOf(percent, 100)}: ${String(this.entries)} entries\n`;
  }

  /** Of all sources together; one that is lost gives no more. */
  private get progress(): number {
    const done = this.steps.reduce((sum, { progress, lost }) => sum + (lost === true ? 1 : progress), 0);
    return done / this.steps.length;
  }

  private get steps(): readonly Step[] {
    return [...this.sources.values()];
  }
}
