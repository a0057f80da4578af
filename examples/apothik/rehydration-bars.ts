// How far the machines are that copy what they missed: a bar for each, as soon as one begins.
import { Cache, listenToCache } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import { nodeList } from './cluster-config';
import { showProgress, type Progress } from './progress-bar';

/** @returns stops it */
export function watchRehydration(node: Node): Promise<() => Promise<void>> {
  const bars = new Map<string, Progress>();
  // A view of the five is enough to hear them, whatever their routing is.
  const cache = new Cache(node, { name: 'Cache', nodes: nodeList });
  return listenToCache(node, cache, ['rehydration'], (event) => {
    if (event.event !== 'rehydration') return;
    const title = `${event.node} copies from ${event.from}`;
    const bar = bars.get(title) ?? showProgress(title, 100);
    bars.set(title, bar);
    bar.to(Math.floor(event.progress * 100));
    if (event.progress < 1) return;
    bar.end();
    bars.delete(title);
  });
}
