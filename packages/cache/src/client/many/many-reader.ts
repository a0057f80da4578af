import { CallTimeoutError, type CallOptions, type NodeName } from '@trestle/runtime';
import { defaultCallTimeoutMs } from '@trestle/runtime/internal';
import type { CacheKey } from '../../terms/cache-key';
import type { ReadAnswer } from '../../terms/cache-protocol';
import { isGone, type CacheRequests } from '../cache-requests';
import { toldError } from '../../terms/told-error';
import { errorOfOne } from '../batch/batch-errors';
import { keptKey } from '../kept-value';
import { othersFor } from './many-keys';
import type { Reader } from '../batch/read-batch';
import { Tries } from '../tries';

/** How many keys are read at once, and by whom what is found is heard. */
export interface ReadOptions {
  /** Whether entries come with how long they still live. Default false. */
  readonly views?: boolean;
  readonly wait: CallOptions | undefined;
  /** Hears of each by its place in the list, `undefined` for none, as soon as its node has answered. */
  readonly found: (place: number, value: unknown) => void;
}

/** One reading of many keys: each is asked of an owner, together with what else that node is asked. */
export class ManyReader implements Reader {
  readonly timeoutMs: number;
  readonly views: boolean;
  private readonly found: ReadOptions['found'];
  private left: number;
  private readonly tries: Tries;
  private readonly executor = (resolve: () => void, reject: (error: unknown) => void): void => {
    this.resolve = resolve;
    this.reject = reject;
  };
  private resolve!: () => void;
  private reject!: (error: unknown) => void;

  /** @param keys a list of its own */
  constructor(
    private readonly requests: CacheRequests,
    private readonly keys: CacheKey[],
    { views = false, wait, found }: ReadOptions,
  ) {
    this.views = views;
    this.found = found;
    this.left = keys.length;
    this.timeoutMs = wait?.timeoutMs ?? defaultCallTimeoutMs;
    this.tries = new Tries(requests, this.timeoutMs, requests.node.clock.now());
  }

  /**
   * Asks for all.
   * @throws BadArgumentError if one is no key, NoMembersError: then none was asked for
   */
  read(): Promise<void> {
    const { keys, requests } = this;
    const nodes = new Array<NodeName>(keys.length);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as CacheKey;
      nodes[i] = requests.nearest(requests.ownersOf('getMany', key));
      // It is sent later, as it is now.
      if (typeof key === 'object') keys[i] = keptKey(key);
    }
    const end = new Promise<void>(this.executor);
    if (keys.length === 0) this.resolve();
    const own = requests.node.name;
    const here: number[] = [];
    for (let i = 0; i < keys.length; i++) {
      const node = nodes[i] as NodeName;
      if (node === own) here.push(i);
      else requests.batches.read(node, this, i, keys[i] as CacheKey);
    }
    // What is here is asked at once.
    if (here.length > 0) this.askAlone(own, here);
    return end;
  }

  take(places: readonly number[], values: readonly unknown[], from: number, to: number): void {
    const { found } = this;
    for (let i = from; i < to; i++) found(places[i] as number, values[i]);
    this.left -= to - from;
    if (this.left === 0) this.resolve();
  }

  openAt(node: NodeName, places: readonly number[]): void {
    this.askAlone(node, places);
  }

  failed(node: NodeName, places: readonly number[], error: unknown, isShared: boolean): void {
    const { requests, timeoutMs, tries } = this;
    const call = requests.describe(node, { type: 'getMany', keys: [] });
    const told = toldError(errorOfOne(error, call, timeoutMs));
    if (isGone(told)) {
      tries.gone(node, told);
      this.askOthers(places, told).catch(this.reject);
    } else if (isShared && !(told instanceof CallTimeoutError)) this.askAlone(node, places);
    else this.reject(told);
  }

  /** A message for this reader only: it may take its time. */
  private askAlone(node: NodeName, places: readonly number[]): void {
    const { requests, views, keys } = this;
    const wanted = places.map((place) => keys[place] as CacheKey);
    requests.batches.flush(node);
    requests
      .send(node, { type: 'getMany', keys: wanted, ...(views ? { views } : {}) }, this.tries.leftMs)
      .then((answer) => {
        this.take(places, answer as ReadAnswer & readonly unknown[], 0, places.length);
      })
      .catch((error: unknown) => {
        this.failed(node, places, error, false);
      });
  }

  private async askOthers(places: readonly number[], error: unknown): Promise<void> {
    const parcels = await othersFor(this.requests, this.keys, this.tries, places, error);
    for (const [node, some] of parcels) this.askAlone(node, some);
  }
}
