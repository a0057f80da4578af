import {
  GenServer,
  localName,
  nodeOfPid,
  noReply,
  type Call,
  type CallResult,
  type From,
  type InitResult,
  type LocalName,
  type Next,
} from '@trestle/runtime';
import { isDuration, refuseCall, refuseCast } from '@trestle/runtime/internal';
import { LoadLeases, type LoadOutcome, type LoadTurn } from './load-leases';

/** Asks for a value that is to be loaded by one for all. */
export type LoadCall = Call<
  { readonly type: 'load'; readonly key: string; readonly leaseMs: number },
  LoadTurn
>;

/** Says how a load ended. */
export interface LoadEnd {
  readonly type: 'loadEnd';
  readonly key: string;
  readonly lease: number;
  readonly outcome: LoadOutcome;
}

interface Expiry {
  readonly type: 'leaseExpired';
  readonly key: string;
  readonly lease: number;
}

/** The name of the load server of a cache, on each node that holds entries. */
export function loadServerName(cache: string): LocalName<LoadServer> {
  return localName<LoadServer>(`${cache}.Loads`);
}

/**
 * Says of each key that is to be loaded who loads it. It lives beside the server that holds the entries, linked to it, and
 * knows nothing of values: they are stored as all others are.
 */
export class LoadServer extends GenServer<LoadCall, LoadEnd> {
  private readonly leases = new LoadLeases((key, lease, leaseMs) => {
    const { self } = this;
    const timer = self.sendAfter(self.pid, { type: 'leaseExpired', key, lease } satisfies Expiry, leaseMs);
    return () => void self.cancelTimer(timer);
  });

  override init(): InitResult {
    // It ends with the server that started it, however that one ends.
    this.self.trapExit(true);
    // Those who load may be hidden.
    this.self.monitorNodes(true, { nodeType: 'all' });
    return undefined;
  }

  override handleCall(request: LoadCall, from: From): CallResult {
    if (!isLoad(request)) return refuseCall(this, request, from);
    const { key, leaseMs } = request;
    const answer = (turn: LoadTurn): void => {
      from.reply(turn);
    };
    this.leases.seek(key, { node: nodeOfPid(from.pid), leaseMs, answer });
    return noReply();
  }

  override handleCast(end: LoadEnd): Next {
    if (!isLoadEnd(end)) return refuseCast(this, end);
    this.leases.end(end.key, end.lease, end.outcome);
    return undefined;
  }

  override handleInfo(message: unknown): void {
    const event = (message ?? {}) as
      Expiry | { readonly type: 'nodedown'; readonly node: string } | { readonly type: '' };
    if (event.type === 'leaseExpired') this.leases.expire(event.key, event.lease);
    else if (event.type === 'nodedown') this.leases.nodeLost(event.node);
  }
}

/** A peer may say anything: that must not end the server, nor with it the one that holds the entries. */
function isLoad(request: unknown): request is LoadCall {
  const { type, key, leaseMs } = (request ?? {}) as Partial<Record<keyof LoadCall, unknown>>;
  return type === 'load' && typeof key === 'string' && isDuration(leaseMs);
}

function isLoadEnd(request: unknown): request is LoadEnd {
  const { type, key, outcome } = (request ?? {}) as Partial<Record<keyof LoadEnd, unknown>>;
  return type === 'loadEnd' && typeof key === 'string' && typeof outcome === 'object' && outcome !== null;
}
