// How far the machines are that copy what they missed: a bar for each, as soon as one begins.
import { Cache, listenToCache } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import { nodeList } from './cluster-config';
import { showQuarters, type Progress } from './progress-bar';

/** @returns stops it, and ends the bars of those that have not arrived */
export async function watchRehydration(
  node: Node,
  stream: NodeJS.WriteStream = process.stdout,
): Promise<() => Promise<void>> {
  const bars = new Map<string, Progress>();
  // A view of the five is enough to hear them, whatever their routing is.
  const cache = new Cache(node, { name: 'Cache', nodes: nodeList });
  const stop = await listenToCache(node, cache, ['rehydration'], (event) => {
    if (event.event !== 'rehydration') return;
    const title = `${event.node} copies from ${event.from}`;
    const bar = bars.get(title) ?? showQuarters(title, 100, stream);
    bars.set(title, bar);
    bar.to(Math.floor(event.progress * 100));
    if (event.progress < 1 && event.lost !== true) return;
    bar.end();
    if (event.lost === true)
      stream.write(`${event.from} is lost: ${event.node} copies the rest from others\n`);
    bars.delete(title);
  });
  return async function stopWatching() {
    for (const bar of bars.values()) bar.end();
    await stop();
  };
}
