import { membershipEntered, membershipSpec, startMembership } from '@trestle/cluster';
import {
  childSpec,
  localName,
  NameTakenError,
  stopServer,
  supervisorSpec,
  type ChildSpec,
  type Node,
  type NodeName,
  type AnySelf,
} from '@trestle/runtime';
import { attachedTo } from '@trestle/runtime/internal';
import { Cache } from './client/cache';
import { meetMembers } from './client/meet-members';
import { CacheOptionsError } from './terms/cache-errors';
import { holdsEntries, membershipOptionsOf } from './terms/cache-members';
import { checkCacheOptions, type CacheOptions } from './terms/cache-options';
import { CacheServer } from './server/cache-server';
import { isHolder } from './server/visible-holder';
import type { CacheProtocol } from './terms/cache-protocol';
import { checkModule, exposeCache } from './client/expose-cache';
import { LeftWatches } from './left-watches';
import { Refusals } from './server/refusals';
import { nodeOf } from './client/check-node';

/** How long a member may take to answer a newcomer, in ms: it is started all the same. */
const greetingMs = 1_000;

/**
 * Starts this node's part of a cache, if the node is one of those that hold entries, and returns a view of the whole.
 * Each node starts its own part; the nodes find each other by name when a key has to travel. It waits until the members
 * that are there know the new one. Those that do not answer hold it up by 4 s at most over `members`, by 1 s over `nodes`.
 * @param on the node; or the process to link the server to
 * @param options of the cache: the same on all nodes, unless an option says otherwise
 * @returns a view of the cache, for this node
 * @throws BadArgumentError if an option is wrong; or the node is hidden, and would be a member by its name
 * @throws NameTakenError if the node has a process of that name: nothing was started. It can be started again when its server
 * has ended, as by `stopServer(node, localName(name))`
 * @throws CacheOptionsError if the others have other options: nothing is left of it
 */
export async function startCache<Value = unknown>(
  on: Node | AnySelf,
  options: CacheOptions,
): Promise<Cache<Value>> {
  const node = nodeOf('startCache', on);
  checkCacheOptions('startCache', options);
  checkModule('startCache', node, options);
  const isHolding = isHolder('startCache', node, options);
  if (isHolding) checkNotThere(node, options);
  const watched = membershipOptionsOf(options);
  const watches = attachedTo('startCache', node, LeftWatches);
  const left = watches.take(node, options.name);
  if (left !== undefined) await stopServer(on, left);
  if (watched !== undefined) await startMembership(on, watched);
  try {
    if (isHolding) await startPart(on, node, options);
    else {
      exposeCache('startCache', node, options);
      await greeted(node, options);
    }
  } catch (error) {
    if (watched !== undefined) await stopServer(on, localName(watched.name));
    throw error;
  }
  const cache = new Cache<Value>(node, options);
  if (watched === undefined) return cache;
  if (isHolding) watches.hold(node, options.name, watched.name);
  else await meetMembers(node, cache, watched.name);
  return cache;
}

/** Over `members` it would be the name of the watch over them that is taken: nobody has ever heard of that. */
function checkNotThere(node: Node, options: CacheOptions): void {
  const there = node.whereis(options.name);
  if (there !== undefined) throw new NameTakenError(`startCache '${options.name}'`, there);
}

/** Starts the server, and waits until the others know it, or have refused it: then it has ended, or is about to. */
async function startPart(on: Node | AnySelf, node: Node, options: CacheOptions): Promise<void> {
  let stopWatching = (): void => undefined;
  const refused = new Promise<never>((_resolve, reject) => {
    stopWatching = attachedTo('startCache', node, Refusals).watch(options.name, (refusal) => {
      reject(new CacheOptionsError(refusal));
    });
  });
  const started = startServer(on, options).then(() => known(node, options));
  try {
    await Promise.race([started, refused]);
  } finally {
    stopWatching();
  }
}

async function known(node: Node, options: CacheOptions): Promise<void> {
  const watched = membershipOptionsOf(options);
  if (watched !== undefined) await entered(node, watched.name);
  await greeted(node, options);
  // What has refused it came before these answers: its server has read it when it has answered too.
  await node.call(localName<CacheProtocol>(options.name), { type: 'stats' }).catch(() => undefined);
}

/**
 * Waits until the servers of the members that this node sees have answered. Its own has greeted them before, and messages
 * between two nodes keep their order: it knows of them then. One without such a server says so at once.
 */
async function greeted(node: Node, options: CacheOptions): Promise<void> {
  const server = localName<CacheProtocol>(options.name);
  const others = node.list('connected').filter((other) => holdsEntries(options, other));
  const ask = (other: NodeName): Promise<unknown> =>
    node.call(server.on(other), { type: 'stats' }, { timeoutMs: greetingMs }).catch(() => undefined);
  await Promise.all(others.map(ask));
}

/** Waits until the node is a member, and the others know. It is not if its options differ from theirs: its server ends then. */
async function entered(node: Node, name: string): Promise<void> {
  await membershipEntered(node, name, { timeoutMs: 2 * greetingMs }).catch(() => undefined);
}

async function startServer(on: Node | AnySelf, options: CacheOptions): Promise<void> {
  const start = { args: options, name: options.name };
  if ('startLink' in on) await on.startLink(CacheServer, start);
  else await on.start(CacheServer, start);
}

/**
 * A node's part of a cache as a child of a supervisor, called by the cache's name. Restarted it is empty. Over `members`
 * it is a supervisor of two: who watches them, and the cache, which is restarted with it. Views of it are made by
 * `new Cache(node, options)`.
 * @throws BadArgumentError if an option is wrong
 */
export function cacheSpec(options: CacheOptions): ChildSpec {
  checkCacheOptions('cacheSpec', options);
  const server = childSpec(CacheServer, { id: options.name, name: options.name, args: options });
  const watched = membershipOptionsOf(options);
  if (watched === undefined) return server;
  return supervisorSpec({
    id: options.name,
    strategy: 'restForOne',
    children: [membershipSpec(watched), server],
  });
}
