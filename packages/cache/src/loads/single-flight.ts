import {
  type CallOptions,
  type ClockTimer,
  type ErrorData,
  NodeDownError,
  type NodeName,
} from '@trestle/runtime';
import { checkKey, type CacheKey } from '../cache-key';
import { isGone, type CacheRequests } from '../cache-requests';
import { checkLoader } from '../client/checked-arguments';
import {
  callOptions,
  refuse,
  writeNames,
  writeRequestOptions,
  type WriteOptions,
} from '../client/write-options';
import { LoadFailedError, LoadTimeoutError } from './load-errors';
import type { LoadOutcome, LoadTurn } from './load-leases';
import { loadServerName } from './load-server';

/** Makes the value of a key that is not there: from a database, for example. */
export type Loader<Value> = (key: CacheKey) => Value | Promise<Value>;

/** How a value is loaded, and how it is written then. */
export interface LoadOptions extends WriteOptions {
  /** How long a load may take, in ms; then its callers are told so, and another node may try. Default 30,000. */
  readonly loadTimeoutMs?: number;
}

const loadNames = [...writeNames, 'loadTimeoutMs'];
const defaultLoadTimeoutMs = 30_000;
/** How long it may take until other nodes are the owners of what was a lost node's, in ms. */
const rerouteWithinMs = 1_000;
/** The longest that a timer can be set for. */
const maxTimerMs = 2 ** 31 - 1;

/** What values are read from, and written to: a cache. */
interface Flown<Value> {
  readonly requests: CacheRequests;
  get(key: CacheKey, options?: CallOptions): Promise<Value | undefined>;
  put(key: CacheKey, value: Value, options?: WriteOptions): Promise<'ok'>;
}

interface Wanted<Value> {
  readonly key: CacheKey;
  /** The key as a text: equal for keys of the same parts. */
  readonly text: string;
  readonly load: Loader<Value>;
  readonly options: LoadOptions;
}

/** The right to load a value, or what became of it. */
interface Turn {
  /** The node that said so. */
  readonly node: NodeName;
  readonly turn: LoadTurn;
}

/** Loads each value once for all who want it: on this node, and on the others that have such a cache. */
export class SingleFlight<Value> {
  private readonly flights = new Map<string, Promise<Value>>();

  /** Of loads under way: none of them keeps a program alive whose node has stopped. */
  private readonly timers = new Set<ClockTimer>();
  private watchesNode = false;

  constructor(private readonly cache: Flown<Value>) {}

  /** The value of a key that is there, or is loaded by one for all. */
  async getOrLoad(key: CacheKey, load: Loader<Value>, options: LoadOptions = {}): Promise<Value> {
    checkLoad(key, load, options);
    this.watchNode();
    const wait = callOptions('getOrLoad', options, loadNames);
    const found = await this.orAtNextOwner(() => this.cache.get(key, wait));
    if (found !== undefined) return found;
    const text = JSON.stringify(key);
    const flight = this.flights.get(text) ?? this.begin({ key, text, load, options });
    return flight;
  }

  private begin(wanted: Wanted<Value>): Promise<Value> {
    const flight = this.fly(wanted).finally(() => this.flights.delete(wanted.text));
    this.flights.set(wanted.text, flight);
    return flight;
  }

  private watchNode(): void {
    if (this.watchesNode) return;
    this.watchesNode = true;
    void this.cache.requests.node.stopped.then(() => {
      for (const timer of this.timers) timer.cancel();
    });
  }

  private async fly(wanted: Wanted<Value>): Promise<Value> {
    for (;;) {
      const { node, turn } = await this.orAtNextOwner(() => this.takeTurn(wanted));
      if (turn.turn === 'failed') throw new LoadFailedError(turn.error);
      if (turn.turn === 'load') return this.loadFor(node, turn.lease, wanted);
      // What has been stored may be gone already: then it is loaded again.
      const stored = await this.cache.get(wanted.key);
      if (stored !== undefined) return stored;
    }
  }

  /** Asks the first owner of the key that is there who loads it; waits while somebody does. */
  private async takeTurn({ key, text, options }: Wanted<Value>): Promise<Turn> {
    const { requests } = this.cache;
    const request = { type: 'load', key: text, leaseMs: loadTimeoutOf(options) } as const;
    const owners = requests.ownersOf('getOrLoad', key);
    for (const node of owners) {
      try {
        const server = loadServerName(requests.name).on(node);
        return { node, turn: await requests.node.call(server, request, { timeoutMs: Infinity }) };
      } catch (error) {
        if (!isGone(error) || node === owners.at(-1)) throw error;
      }
    }
    throw new Error('ownersOf names at least one node');
  }

  /** Loads and stores a value, and says on the node that gave the lease how it ended. */
  private async loadFor(node: NodeName, lease: number, wanted: Wanted<Value>): Promise<Value> {
    const { key, text, load, options } = wanted;
    const end = (outcome: LoadOutcome): void => {
      const { name, node: own } = this.cache.requests;
      own.cast(loadServerName(name).on(node), { type: 'loadEnd', key: text, lease, outcome });
    };
    try {
      // It may have been stored between the look for it and the lease.
      const stored = await this.cache.get(key);
      const value = stored ?? (await this.inTime(() => load(key), loadTimeoutOf(options)));
      if (stored === undefined) {
        const { loadTimeoutMs: _load, ...how } = options;
        await this.orAtNextOwner(() => this.cache.put(key, value, how));
      }
      end({ type: 'stored' });
      return value;
    } catch (error) {
      end(
        error instanceof LoadTimeoutError ? { type: 'gaveUp' } : { type: 'failed', error: tellable(error) },
      );
      throw error;
    }
  }

  /** Asks the owners of a key; once more if they are lost, and the key has another owner then. */
  private async orAtNextOwner<T>(ask: () => Promise<T>): Promise<T> {
    const { membership } = this.cache.requests;
    const before = membership.current();
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof NodeDownError)) throw error;
      if (membership.current() === before && !(await this.rerouted())) throw error;
      return ask();
    }
  }

  /** Waits until members have come or gone. @returns whether they have; calls fail before a loss is made known */
  private async rerouted(): Promise<boolean> {
    const { comeAndGo, membership, node } = this.cache.requests;
    if (!comeAndGo) return false;
    let end!: (isSo: boolean) => void;
    const ended = new Promise<boolean>((resolve) => (end = resolve));
    const timer = node.clock.setTimer(() => {
      end(false);
    }, rerouteWithinMs);
    this.timers.add(timer);
    const stopListening = membership.onChange(() => {
      end(true);
    });
    try {
      return await ended;
    } finally {
      stopListening();
      timer.cancel();
      this.timers.delete(timer);
    }
  }

  private async inTime(load: () => Value | Promise<Value>, timeoutMs: number): Promise<Value> {
    if (timeoutMs === Infinity) return load();
    let fail!: (error: LoadTimeoutError) => void;
    const late = new Promise<never>((_resolve, reject) => (fail = reject));
    const timer = this.cache.requests.node.clock.setTimer(() => {
      fail(new LoadTimeoutError(timeoutMs));
    }, timeoutMs);
    this.timers.add(timer);
    try {
      return await Promise.race([load(), late]);
    } finally {
      timer.cancel();
      this.timers.delete(timer);
    }
  }
}

function loadTimeoutOf({ loadTimeoutMs = defaultLoadTimeoutMs }: LoadOptions): number {
  return loadTimeoutMs;
}

function checkLoad(key: CacheKey, load: unknown, options?: LoadOptions): void {
  checkKey('cache getOrLoad', key);
  checkLoader('getOrLoad', load);
  writeRequestOptions('getOrLoad', options, loadNames);
  callOptions('getOrLoad', options, loadNames);
  const { loadTimeoutMs: ms } = options ?? {};
  const isTime =
    ms === undefined || ms === Infinity || (typeof ms === 'number' && ms > 0 && ms <= maxTimerMs);
  if (!isTime) refuse('getOrLoad', 'loadTimeoutMs', 'milliseconds above 0', ms);
}

/** What others are told of an error: it can travel, whatever was thrown. */
function tellable(error: unknown): ErrorData {
  const { name, message, code }: NodeJS.ErrnoException =
    error instanceof Error ? error : new Error(String(error));
  return { type: 'error', name, message, ...(typeof code === 'string' ? { code } : {}) };
}
