import {
  BadArgumentError,
  nodeOfPid,
  noReply,
  reply,
  type CallResult,
  type From,
  type NodeName,
} from '@trestle/runtime';
import type { ServedBatches } from '../batches/served-batches';
import type { CachePart } from '../cache-part';
import type { AtomicCall, CacheCall } from '../../terms/cache-protocol';
import type { Subscribers } from '../subscribers';
import { type Entry } from '../../store/entry';
import { storedKey, type StoredKey } from '../../store/stored-key';
import { decideAtomic, type AtomicOutcome } from './atomic';
import { checkedOutcome } from './checked-outcome';
import { readMany, viewOf } from './many-reads';
import { failCall } from './fail-call';
import { ManyEnd, nobodyWaits, ReplyEnd } from './reply-end';
import { Scans } from './scans';

type RequestOf<Type extends string> = Extract<CacheCall, { readonly type: Type }>;

/** Hands a request to the server of another node, and its answer to who asked. */
export type Relay = (to: NodeName, request: object) => Promise<unknown>;

/** How often a request was handed on from node to node; in the end it must be served, or it would go round in circles. */
const relayed = 'relayed';
const maxHops = 4;

/** Serves the requests of a cache's callers. */
export class ServedRequests {
  private readonly scans: Scans;

  constructor(
    private readonly part: CachePart,
    private readonly subscribers: Subscribers,
    private readonly batches: ServedBatches,
    private readonly relay: Relay,
    private readonly drain: (done: (given: number) => void) => void,
  ) {
    this.scans = new Scans(
      () => part.store.entries(),
      (key) => part.store.peek(key) !== undefined && this.leads(key),
    );
  }

  /** Answers a `get` of what is not here. */
  missed(request: RequestOf<'get'>, key: StoredKey, from: From): CallResult {
    if (!this.part.mayBeElsewhere(key)) return reply(request, undefined);
    this.part.readElsewhere(key, (entry, problem) => {
      if (problem === undefined) from.reply(entry?.value);
      else failCall(from, problem);
    });
    return noReply();
  }

  /** Serves a request; whatever is wrong with it is its caller's matter. */
  handle(request: CacheCall, from: From): CallResult {
    try {
      return this.serve(request, from) ?? noReply();
    } catch (error) {
      failCall(from, error);
      return noReply();
    }
  }

  /** @returns the answer, if it is given now and here */
  private serve(request: CacheCall, from: From): CallResult | null {
    switch (request.type) {
      case 'batch':
        return this.batches.serve(request, from);
      case 'rest':
        return this.batches.rest(request, from);
      case 'put':
        return this.put(request, from);
      case 'delete':
        this.part.checkWrites();
        this.part.delete(storedKey(request.key), request.concern, new ReplyEnd(from, 'ok'));
        return null;
      case 'getEntry':
      case 'has':
        this.getEntry(request, from);
        return null;
      case 'getMany':
        return this.getMany(request, from);
      case 'putMany':
        this.putMany(request, from);
        return null;
      case 'deleteMany':
        this.deleteMany(request, from);
        return null;
      case 'putIfAbsent':
      case 'compareAndSet':
      case 'update':
      case 'increment':
        this.atomic(request, from);
        return null;
      default:
        return this.serveWhole(request, from);
    }
  }

  /** What is about the node's part, and not about some keys. */
  private serveWhole(request: CacheCall, from: From): CallResult | null {
    switch (request.type) {
      case 'stats':
        return reply(request, this.part.store.size);
      case 'statistics':
        return reply(request, this.part.statistics);
      case 'clear':
        return reply(request, this.part.clear(request.until));
      case 'scan':
        return reply(request, this.scans.page(request));
      case 'subscribe':
        this.subscribers.subscribe(request.pid ?? from.pid, request.events);
        return reply(request, 'ok');
      case 'unsubscribe':
        this.subscribers.unsubscribe(request.pid ?? from.pid);
        return reply(request, 'ok');
      case 'drain':
        this.drain((given) => {
          from.reply(given);
        });
        return null;
      default:
        throw new BadArgumentError({ call: 'cache', expected: 'a request of a cache', got: request });
    }
  }

  private put(request: RequestOf<'put'>, from: From): CallResult | null {
    const { part } = this;
    const key = storedKey(request.key);
    part.checkValue(key, request.value, from.pid);
    if (part.refuses) part.checkRoom([[key, request.value]]);
    const isDone = part.replicas === null;
    part.put(key, request.value, request, isDone ? nobodyWaits : new ReplyEnd(from, 'ok'));
    // What is nowhere else is answered at once.
    return isDone ? reply(request, 'ok') : null;
  }

  private getEntry(request: RequestOf<'getEntry' | 'has'>, from: From): void {
    this.part.read(storedKey(request.key), (entry, problem) => {
      if (problem !== undefined) failCall(from, problem);
      else from.reply(request.type === 'has' ? entry !== undefined : viewOf(this.part, entry));
    });
  }

  private getMany(request: RequestOf<'getMany'>, from: From): CallResult | null {
    const answer = readMany(this.part, request, from);
    return answer === null ? null : reply(request, answer);
  }

  private putMany(request: RequestOf<'putMany'>, from: From): void {
    const { part } = this;
    const { keys, values } = request;
    const stored = keys.map(storedKey);
    // All are looked at first: none is written if one is wrong.
    stored.forEach((key, i) => {
      part.checkValue(key, values[i], from.pid, i);
    });
    part.checkRoom(stored.map((key, i) => [key, values[i]]));
    const end = new ManyEnd(from, keys.length);
    stored.forEach((key, i) => {
      part.put(key, values[i], request, end);
    });
  }

  private deleteMany({ keys, concern }: RequestOf<'deleteMany'>, from: From): void {
    this.part.checkWrites();
    const end = new ManyEnd(from, keys.length);
    for (const key of keys) this.part.delete(storedKey(key), concern, end);
  }

  private atomic(request: AtomicCall, from: From): void {
    const key = storedKey(request.key);
    const { part } = this;
    const hops = hopsOf(request);
    if (hops > 0) part.replicas?.claims.handedOn(key, nodeOfPid(from.pid));
    const leader = part.leaderOf(key);
    const isClaiming = part.replicas?.claims.isClaiming(key) === true;
    if (leader !== part.node && hops < maxHops && !isClaiming) {
      this.handOn(leader, request, from);
      return;
    }
    part.checkWrites();
    part.consult(key, (present, problem) => {
      try {
        if (problem !== undefined) throw problem;
        const next = part.leaderOf(key);
        // Another one may be there meanwhile, who does it alone from now on.
        if (next !== part.node && (hops < maxHops || !part.changesAlone(key))) {
          this.handOn(next, request, from);
          return;
        }
        const { functions, schemas } = part.options;
        const outcome = decideAtomic(request, present, functions);
        this.perform(key, checkedOutcome(outcome, request, schemas), { request, present, from });
      } catch (error) {
        failCall(from, error);
      }
    });
  }

  private perform(
    key: StoredKey,
    outcome: AtomicOutcome,
    { request, present, from }: { request: AtomicCall; present: Entry | undefined; from: From },
  ): void {
    const { part } = this;
    const end = new ReplyEnd(from, outcome.reply);
    if (outcome.action === 'nothing') end.succeeded();
    else if (outcome.action === 'delete') part.change(key, null, request.concern, end);
    else {
      part.checkValue(key, outcome.value, part.pid);
      part.checkRoom([[key, outcome.value]]);
      // What changes a value does not make it live longer, unless it says so.
      const keepsExpiry =
        present !== undefined && request.ttlMs === undefined && request.sliding === undefined;
      const changes = request.type === 'update' || request.type === 'increment';
      const expiry = keepsExpiry && changes ? present.expiry : part.expiryOf(request);
      part.change(key, { value: outcome.value, expiry }, request.concern, end);
    }
  }

  private handOn(leader: NodeName, request: AtomicCall, from: From): void {
    this.relay(leader, { ...request, [relayed]: hopsOf(request) + 1 }).then(
      (value) => {
        from.reply(value);
      },
      (error: unknown) => {
        failCall(from, error);
      },
    );
  }

  private leads(key: StoredKey): boolean {
    return this.part.leaderOf(key) === this.part.node;
  }
}

function hopsOf(request: AtomicCall): number {
  const hops = (request as { readonly [relayed]?: unknown })[relayed];
  return typeof hops === 'number' ? hops : 0;
}
