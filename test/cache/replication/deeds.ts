import { Cache, type CacheOptions } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import type { Simulation } from '@trestle/runtime/testing';

const counters = Array.from({ length: 6 }, (_, i) => `count_${String(i)}`);
const lists = Array.from({ length: 3 }, (_, i) => `list_${String(i)}`);
const swapped = Array.from({ length: 3 }, (_, i) => `swap_${String(i)}`);
/** How many keys are claimed by `putIfAbsent`, one after another. */
const firsts = 400;

/** The functions of a cache whose deeds are noted. */
export const deedFunctions = {
  add: (list: unknown, token: unknown): unknown => [...((list ?? []) as unknown[]), token],
};

/** What somebody was told of what was done to a key. */
interface Told {
  readonly key: string;
  /** What the caller gave. */
  readonly gave: unknown;
  /** What came of it; `undefined` if nobody knows. */
  readonly got?: unknown;
}

/** What one node does alone, done from several nodes all the time; and what each caller was told of it. */
export class Deeds {
  readonly failures: unknown[] = [];
  private readonly told = {
    increment: [] as Told[],
    update: [] as Told[],
    compareAndSet: [] as Told[],
    putIfAbsent: [] as Told[],
  };
  private readonly ends: Promise<unknown>[] = [];
  private isOver = false;
  private tokens = 0;

  constructor(
    private readonly sim: Simulation,
    private readonly options: CacheOptions,
  ) {}

  /** Some callers on a node. */
  on(node: Node, view: Cache = new Cache(node, this.options)): void {
    const loop = async (act: () => Promise<void>): Promise<void> => {
      while (!this.isOver && this.sim.runs(node)) {
        await act();
        await this.pause();
      }
    };
    const cache = view as Cache<never>;
    for (const act of [
      () => this.increment(cache),
      () => this.increment(cache),
      () => this.increment(cache),
      () => this.update(cache),
      () => this.swap(cache),
      () => this.first(cache),
    ])
      this.ends.push(loop(act));
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.ends);
  }

  /** What is wrong with what was told, and with what is there in the end. */
  async faults(cache: Cache): Promise<unknown[]> {
    return [
      ...(await this.wrongCounts(cache)),
      ...(await this.wrongLists(cache)),
      ...this.wonTwice('compareAndSet'),
      ...this.wonTwice('putIfAbsent'),
    ];
  }

  get succeeded(): number {
    return Object.values(this.told).reduce(
      (sum, list) => sum + list.filter(({ got }) => got !== undefined).length,
      0,
    );
  }

  private pause(): Promise<void> {
    const { clock, random } = this.sim;
    return new Promise((resolve) => clock.setTimer(resolve, random.between(1, 10)));
  }

  private async increment(cache: Cache<never>): Promise<void> {
    const key = this.sim.random.pick(counters);
    await this.note('increment', key, 1, () => cache.increment(key));
  }

  private async update(cache: Cache<never>): Promise<void> {
    const key = this.sim.random.pick(lists);
    const token = (this.tokens += 1);
    await this.note('update', key, token, () => cache.update(key, 'add', [token]));
  }

  /** Of all who replace one value, one does. */
  private async swap(cache: Cache<never>): Promise<void> {
    const key = this.sim.random.pick(swapped);
    const token = (this.tokens += 1);
    const before = await cache.get(key).catch(() => undefined);
    await this.note('compareAndSet', key, before, () => cache.compareAndSet(key, before, token as never));
  }

  private async first(cache: Cache<never>): Promise<void> {
    const token = (this.tokens += 1);
    const key = `first_${String(Math.floor(token / 20) % firsts)}`;
    await this.note(
      'putIfAbsent',
      key,
      undefined,
      async () => (await cache.putIfAbsent(key, token as never)).stored,
    );
  }

  private async note(
    kind: keyof Deeds['told'],
    key: string,
    gave: unknown,
    act: () => Promise<unknown>,
  ): Promise<void> {
    try {
      this.told[kind].push({ key, gave, got: await act() });
    } catch (error) {
      this.failures.push(error);
      this.told[kind].push({ key, gave });
    }
  }

  private async wrongCounts(cache: Cache): Promise<unknown[]> {
    const wrong = counters.map(async (key) => {
      const all = this.told.increment.filter((one) => one.key === key);
      const got = all.flatMap((one) => one.got ?? []) as number[];
      const count = ((await cache.get(key)) ?? 0) as number;
      const twice = got.filter((one, i) => got.indexOf(one) !== i);
      const isRight = count >= got.length && count <= all.length && twice.length === 0;
      return isRight ? [] : [{ key, count, acknowledged: got.length, asked: all.length, twice }];
    });
    return (await Promise.all(wrong)).flat();
  }

  private async wrongLists(cache: Cache): Promise<unknown[]> {
    const wrong = lists.map(async (key) => {
      const all = this.told.update.filter((one) => one.key === key);
      const list = ((await cache.get(key)) ?? []) as unknown[];
      const lost = all.filter(({ got, gave }) => got !== undefined && !list.includes(gave));
      const isRight = lost.length === 0 && new Set(list).size === list.length;
      return isRight ? [] : [{ key, list, lost: lost.map(({ gave }) => gave) }];
    });
    return (await Promise.all(wrong)).flat();
  }

  private wonTwice(kind: 'compareAndSet' | 'putIfAbsent'): unknown[] {
    const won = this.told[kind]
      .filter(({ got }) => got === true)
      .map(({ key, gave }) => `${kind} ${key} ${String(gave)}`);
    return won.filter((one, i) => won.indexOf(one) !== i);
  }
}
