import { membersHeard } from '@trestle/cluster';
import {
  BadArgumentError,
  GenServer,
  ignore,
  noReply,
  reply,
  stop,
  type CallResult,
  type From,
  type InitResult,
  type Next,
  type ServerStatus,
} from '@trestle/runtime';
import { attachedTo, errorToData } from '@trestle/runtime/internal';
import { inspect } from 'node:util';
import { CacheOptionsError } from '../terms/cache-errors';
import { membershipOptionsOf } from '../terms/cache-members';
import { checkCacheOptions, type CacheOptions } from '../terms/cache-options';
import { isCacheCall, type CacheCall } from '../terms/cache-protocol';
import { exposeCache } from '../client/expose-cache';
import { CacheWork } from './cache-work';
import { LoadServer, loadServerName } from '../loads/load-server';
import { failCall } from './operations/fail-call';
import { isPeerMessage } from '../replication/peer-message';
import { Refusals } from './refusals';
import { isHolder } from './visible-holder';
import { storedKey } from '../store/stored-key';

/**
 * The part of a cache that one node holds: its entries live and die with this process. On a node that is not among
 * those that hold entries it does not run.
 */
export class CacheServer extends GenServer<CacheCall, never, CacheOptions> {
  private work!: CacheWork;
  private name = '';

  override async init(options: CacheOptions): Promise<InitResult> {
    checkCacheOptions('CacheServer', options);
    const { node } = this.self;
    this.name = options.name;
    exposeCache('CacheServer', node, options);
    if (!isHolder('CacheServer', node, options)) return ignore();
    await this.self.startLink(LoadServer, { name: loadServerName(options.name) });
    const watched = membershipOptionsOf(options);
    if (watched !== undefined) await membersHeard(this.self, watched.name);
    this.work = new CacheWork(this.self, options);
    await this.work.enter();
    return undefined;
  }

  override handleCall(request: CacheCall, from: From): CallResult {
    if (!isCacheCall(request)) return refuseStranger(request, from);
    if (request.type === 'get') {
      const key = storedKey(request.key);
      const entry = this.work.part.store.read(key);
      // What is here is answered at once: that is what a cache is for.
      if (entry !== undefined) return reply(request, entry.value);
      return this.work.requests.missed(request, key, from);
    }
    const result = this.work.requests.handle(request, from);
    this.work.watchTime();
    return result;
  }

  /** A message that is no request is shown, so that one can try from a shell which node a message arrives on. */
  override handleInfo(message: unknown): Next {
    if (isPeerMessage(message)) this.work.receive(message);
    else if (!this.work.note(message)) this.show(message);
    const { refusal } = this.work;
    return refusal === null ? undefined : this.refused(refusal);
  }

  override handleCast(request: never): void {
    this.show(request);
  }

  /** A report of a crash shows how much there was, not the entries: they are many, and others' secrets. */
  override formatStatus(status: ServerStatus): ServerStatus {
    return { ...status, state: this.work.part.statistics };
  }

  /** It is no crash: there is nothing to look for in here, and one line says what to do. */
  private refused(refusal: string): Next {
    const { self } = this;
    self.node.log.error(`${refusal}: this one, which came later, ends`);
    attachedTo('startCache', self.node, Refusals).tell(this.name, refusal);
    return stop({ type: 'shutdown', detail: errorToData(new CacheOptionsError(refusal)) });
  }

  private show(message: unknown): void {
    const text = inspect(message, { depth: 4, breakLength: Infinity, maxStringLength: 1_000 });
    this.self.node.log.info(`${this.name} received ${text}`);
  }
}

/**
 * A mistake of a caller fails its call, and does not end the server: every entry would be lost with it. `Cache` checks
 * what is asked before it travels, so that only hand-made requests come to this.
 */
function refuseStranger(request: unknown, from: From): CallResult {
  const expected = 'a request of a cache, such as { type: "get", key: "a_key" } (see CacheCall)';
  failCall(from, new BadArgumentError({ call: 'cache', expected, got: request }));
  return noReply();
}
