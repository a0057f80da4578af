import {
  CallTimeoutError,
  NodeDownError,
  type CallOptions,
  type ErrorData,
  type NodeName,
} from '@trestle/runtime';
import { attachedTo } from '@trestle/runtime/internal';
import { checkKey, type CacheKey } from '../../terms/cache-key';
import { isGone, type CacheRequests } from '../cache-requests';
import { checkLoader } from '../checked-arguments';
import { unsendableLoad } from '../named-unsendable';
import {
  callOptions,
  throwWrongOption,
  writeNames,
  writeRequestOptions,
  type WriteOptions,
} from '../write-options';
import { LoadCycleError, LoadFailedError, LoadTimeoutError } from '../../loads/load-errors';
import type { LoadOutcome, LoadTurn } from '../../loads/load-leases';
import { loadServerName } from '../../loads/load-server';
import { LoadWaits, type LoadId } from './load-waits';
import { maxTimerMs, TimeLimits } from './time-limits';

/** Makes the value of a key that is not there: from a database, for example. */
export type Loader<Value> = (key: CacheKey) => Value | Promise<Value>;

/** How a value is loaded, and how it is written then. */
export interface LoadOptions extends WriteOptions {
  /**
   * How long the caller waits at most, in ms, whoever loads: then it has a `CallTimeoutError`, and the load goes on for others
   * and to be written. Default: as long as it takes.
   */
  readonly timeoutMs?: number;
  /** How long a load may take, in ms; then its callers are told so, and another node may try. Default 30,000. */
  readonly loadTimeoutMs?: number;
}

const loadNames = [...writeNames, 'loadTimeoutMs'];
const defaultLoadTimeoutMs = 30_000;
/** How long it may take until other nodes are the owners of what was a lost node's, in ms. */
const rerouteWithinMs = 1_000;

/** What values are read from, and written to: a cache. */
interface Flown<Value> {
  readonly requests: CacheRequests;
  get(key: CacheKey, options?: CallOptions): Promise<Value | undefined>;
  put(key: CacheKey, value: Value, options?: WriteOptions): Promise<'ok'>;
}

/** Somebody who waits for a value. */
interface Caller {
  /** Whether its time is over. */
  hasGivenUp: boolean;
}

/** A value that is wanted, and all who wait for it on this node. */
interface Flight<Value> {
  readonly key: CacheKey;
  /** The key as a text: equal for keys of the same parts. */
  readonly text: string;
  readonly load: Loader<Value>;
  readonly options: LoadOptions;
  readonly callers: Caller[];
}

/** The right to load a value, or what became of it. */
interface Turn {
  /** The node that said so. */
  readonly node: NodeName;
  readonly turn: LoadTurn;
}

/** Loads each value once for all who want it: on this node, and on the others that have such a cache. */
export class SingleFlight<Value> {
  private readonly flights = new Map<string, { flight: Flight<Value>; ended: Promise<Value> }>();
  private readonly limits: TimeLimits;
  private readonly waits: LoadWaits;

  constructor(private readonly cache: Flown<Value>) {
    const { node } = cache.requests;
    this.limits = new TimeLimits(node);
    this.waits = attachedTo('getOrLoad', node, LoadWaits);
  }

  /** The value of a key that is there, or is loaded by one for all. */
  async getOrLoad(key: CacheKey, load: Loader<Value>, options: LoadOptions = {}): Promise<Value> {
    checkLoad(key, load, options);
    const text = JSON.stringify(key);
    const arrived = this.waits.begin(this.idOf(text));
    if (arrived === null) throw new LoadCycleError(text);
    const { timeoutMs = Infinity } = options;
    const caller = { hasGivenUp: false };
    const late = (): Error => {
      caller.hasGivenUp = true;
      return new CallTimeoutError('cache getOrLoad', timeoutMs);
    };
    try {
      const flight = { key, text, load, options, callers: [caller] };
      return await this.limits.within(timeoutMs, () => this.join(flight, caller), late);
    } finally {
      arrived();
    }
  }

  private async join(own: Flight<Value>, caller: Caller): Promise<Value> {
    const wait = callOptions('getOrLoad', own.options, loadNames);
    const found = await this.orAtNextOwner(() => this.cache.get(own.key, wait));
    if (found !== undefined) return found;
    const running = this.flights.get(own.text);
    if (running === undefined) return this.begin(own);
    running.flight.callers.push(caller);
    return running.ended;
  }

  private begin(flight: Flight<Value>): Promise<Value> {
    const ended = this.fly(flight).finally(() => {
      this.land(flight);
    });
    this.flights.set(flight.text, { flight, ended });
    return ended;
  }

  /** Whoever wants the value from now on begins anew. */
  private land(flight: Flight<Value>): void {
    if (this.flights.get(flight.text)?.flight === flight) this.flights.delete(flight.text);
  }

  private async fly(flight: Flight<Value>): Promise<Value> {
    for (;;) {
      const { node, turn } = await this.orAtNextOwner(() => this.takeTurn(flight));
      if (turn.turn === 'failed') throw new LoadFailedError(turn.error);
      if (turn.turn === 'load') return this.loadFor(node, turn.lease, flight);
      // What has been stored may be gone already: then it is loaded again.
      const stored = await this.cache.get(flight.key);
      if (stored !== undefined) return stored;
    }
  }

  /** Asks the first owner of the key that is there who loads it; waits while somebody does. */
  private async takeTurn({ key, text, options }: Flight<Value>): Promise<Turn> {
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
  private async loadFor(node: NodeName, lease: number, flight: Flight<Value>): Promise<Value> {
    const { key, text, callers, options } = flight;
    const end = (outcome: LoadOutcome): void => {
      const { name, node: own } = this.cache.requests;
      own.cast(loadServerName(name).on(node), { type: 'loadEnd', key: text, lease, outcome });
    };
    if (callers.every(({ hasGivenUp }) => hasGivenUp)) {
      // Nobody here would have it: it is for the next one that waits.
      this.land(flight);
      end({ type: 'gaveUp' });
      throw new CallTimeoutError('cache getOrLoad', options.timeoutMs ?? Infinity);
    }
    try {
      // It may have been stored between the look for it and the lease.
      const stored = await this.cache.get(key);
      const value = stored ?? (await this.load(flight));
      if (stored === undefined) await this.store(flight, value);
      end({ type: 'stored' });
      return value;
    } catch (error) {
      end(
        error instanceof LoadTimeoutError ? { type: 'gaveUp' } : { type: 'failed', error: tellable(error) },
      );
      throw error;
    }
  }

  private load({ key, text, load, options }: Flight<Value>): Promise<Value> {
    const timeoutMs = loadTimeoutOf(options);
    return this.limits.within(
      timeoutMs,
      () => this.waits.run(this.idOf(text), () => load(key)),
      () => new LoadTimeoutError(timeoutMs),
    );
  }

  /** A caller's time to wait is its own; the others wait for the write, too. */
  private async store({ key, options }: Flight<Value>, value: Value): Promise<void> {
    const { loadTimeoutMs: _load, timeoutMs: _wait, ...how } = options;
    try {
      await this.orAtNextOwner(() => this.cache.put(key, value, how));
    } catch (error) {
      throw unsendableLoad(error);
    }
  }

  private idOf(text: string): LoadId {
    return `${this.cache.requests.name} ${text}`;
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
    const { comeAndGo, membership } = this.cache.requests;
    if (!comeAndGo) return false;
    let end!: (isSo: boolean) => void;
    const ended = new Promise<boolean>((resolve) => (end = resolve));
    const stopTimer = this.limits.after(rerouteWithinMs, () => {
      end(false);
    });
    const stopListening = membership.onChange(() => {
      end(true);
    });
    try {
      return await ended;
    } finally {
      stopListening();
      stopTimer();
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
  if (!isTime) throwWrongOption('getOrLoad', 'loadTimeoutMs', 'milliseconds above 0', ms);
}

/** What others are told of an error: it can travel, whatever was thrown. */
function tellable(error: unknown): ErrorData {
  const { name, message, code }: NodeJS.ErrnoException =
    error instanceof Error ? error : new Error(String(error));
  return { type: 'error', name, message, ...(typeof code === 'string' ? { code } : {}) };
}
