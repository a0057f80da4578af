import {
  BadArgumentError,
  GenServer,
  ignore,
  reply,
  type CallResult,
  type ErrorData,
  type InitResult,
} from '@trestle/runtime';
import { inspect } from 'node:util';
import { holdsEntries } from './cache-members';
import { checkCacheOptions, type CacheOptions } from './cache-options';
import { isCacheCall, type CacheCall } from './cache-protocol';
import { exposeCache } from './expose-cache';
import { Store } from './store';

/**
 * The part of a cache that one node holds: its entries live and die with this process. On a node that is not among
 * those that hold entries it does not run.
 */
export class CacheServer extends GenServer<CacheCall, never, CacheOptions> {
  private readonly store = new Store();
  private name = '';

  override init(options: CacheOptions): InitResult {
    checkCacheOptions('CacheServer', options);
    const { node } = this.self;
    this.name = options.name;
    exposeCache(node, options);
    return holdsEntries(options, node.name) ? undefined : ignore();
  }

  override handleCall(request: CacheCall): CallResult {
    if (!isCacheCall(request)) return refuse(request);
    switch (request.type) {
      case 'get':
        return reply(request, this.store.get(request.key));
      case 'put':
        this.store.put(request.key, request.value);
        return reply(request, 'ok');
      case 'delete':
        this.store.delete(request.key);
        return reply(request, 'ok');
      case 'stats':
        return reply(request, this.store.size);
    }
  }

  /** A message that is no request is shown, so that one can try from a shell which node a message arrives on. */
  override handleInfo(message: unknown): void {
    const text = inspect(message, { depth: 4, breakLength: Infinity, maxStringLength: 1_000 });
    this.self.node.log.info(`${this.name} received ${text}`);
  }

  override handleCast(request: never): void {
    this.handleInfo(request);
  }
}

/**
 * A mistake of a caller is answered, with an error as data, and does not end the server: every entry would be lost with
 * it. `Cache` checks keys before they travel, so that only hand-made requests come to this.
 */
function refuse(request: unknown): CallResult {
  const expected =
    "'get', 'put' or 'delete' with a key (a string, a finite number or a tuple of them), or 'stats'";
  const { name, message, code } = new BadArgumentError({ call: 'cache', expected, got: request });
  return reply<unknown>(request, { type: 'error', name, message, code } satisfies ErrorData);
}
