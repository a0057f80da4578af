import type { CallOptions, NodeName } from '@trestle/runtime';
import { checkKey, type CacheKey } from '../terms/cache-key';
import type { EntryView } from '../terms/cache-protocol';
import type { CacheRequests } from '../client/cache-requests';
import { ManyReader } from '../client/many/many-reader';
import { storedKey } from '../store/stored-key';
import type { NearEntries } from './near-entries';

/** Reads what is near, and asks for the rest, which is near from then on, if somebody will say when it changes. */
export class NearReads {
  /** @param heard the nodes that will say what changes on them */
  constructor(
    private readonly requests: CacheRequests,
    private readonly entries: NearEntries,
    private readonly heard: ReadonlySet<NodeName>,
  ) {}

  /** @throws BadArgumentError if it is no key */
  async get(key: CacheKey, wait: CallOptions | undefined): Promise<unknown> {
    checkKey('cache get', key);
    const near = this.entries.find(storedKey(key));
    return near === undefined ? await this.fetch(key, wait) : near.value;
  }

  /** @throws BadArgumentError if one of them is no key */
  async getMany(keys: readonly CacheKey[], wait: CallOptions | undefined): Promise<unknown[]> {
    for (const key of keys) checkKey('cache getMany', key);
    const values = new Array<unknown>(keys.length).fill(undefined);
    const far: number[] = [];
    keys.forEach((key, place) => {
      const near = this.entries.find(storedKey(key));
      if (near === undefined) far.push(place);
      else values[place] = near.value;
    });
    if (far.length > 0) await this.fetchMany(keys, far, wait, values);
    return values;
  }

  private async fetch(key: CacheKey, wait: CallOptions | undefined): Promise<unknown> {
    const end = this.begin('get', key);
    let entry: EntryView | undefined;
    try {
      const request = { type: 'getEntry', key } as const;
      entry = (await this.requests.ask('get', request, 'always', wait)) as EntryView | undefined;
    } finally {
      end(entry);
    }
    return entry?.value;
  }

  private async fetchMany(
    keys: readonly CacheKey[],
    far: readonly number[],
    wait: CallOptions | undefined,
    values: unknown[],
  ): Promise<void> {
    const wanted = far.map((place) => keys[place] as CacheKey);
    const views = new Array<EntryView | undefined>(far.length).fill(undefined);
    const ends = wanted.map((key) => this.begin('getMany', key));
    try {
      const found = (place: number, view: unknown): void =>
        void (views[place] = view as EntryView | undefined);
      await new ManyReader(this.requests, wanted, { views: true, wait, found }).read();
    } finally {
      ends.forEach((end, i) => {
        end(views[i]);
      });
    }
    far.forEach((place, i) => (values[place] = views[i]?.value));
  }

  /** @returns what to call with what the read has brought; `undefined` if nothing, or if it failed */
  private begin(call: string, key: CacheKey): (entry: EntryView | undefined) => void {
    // What no node says the changes of is not kept.
    const isHeard = this.requests.ownersOf(call, key).every((owner) => this.heard.has(owner));
    const stored = storedKey(key);
    const flight = this.entries.begin(stored);
    return (entry) => {
      this.entries.end(stored, flight, entry, isHeard);
    };
  }
}
