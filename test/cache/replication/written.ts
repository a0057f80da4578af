import type { Cache, WriteConcern } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import type { SeededRandom, Simulation } from '@trestle/runtime/testing';
import type { StoredKey } from '../../../packages/cache/src/store/stored-key';
import { CACHE } from './cache-cluster';
import { lostWrites, type Write } from './lost-writes';

/** Writes at random, on whatever node, and remembers what it was told of each write. */
export class Writer {
  private readonly writes: Write[] = [];
  private readonly random: SeededRandom;
  private readonly open = new Set<Promise<void>>();
  private isWriting = true;

  constructor(
    private readonly sim: Simulation,
    private readonly keys: readonly StoredKey[],
    private readonly concern: WriteConcern,
    private readonly everyMs: [number, number],
  ) {
    this.random = sim.random.fork('writes');
    this.go();
  }

  get succeeded(): number {
    return this.writes.filter((write) => write.hasSucceeded).length;
  }
  get failed(): number {
    return this.writes.length - this.succeeded;
  }

  /** Writes no more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.isWriting = false;
    await Promise.all(this.open);
  }

  /**
   * The writes that succeeded and are lost: what is there instead had succeeded before they began.
   * @param present the value of each key; of none `undefined`
   */
  lost(present: (key: StoredKey) => unknown): unknown[] {
    return lostWrites(this.writes, present);
  }

  /** Clears the whole cache: a write of nothing to every key, also of what was not written yet. */
  async clear(cache: Cache): Promise<void> {
    const { clock } = this.sim;
    const cleared = this.keys.map((key): Write => ({
      key,
      value: undefined,
      startedAt: clock.now(),
      endedAt: 0,
      hasSucceeded: false,
    }));
    this.writes.push(...cleared);
    const hasSucceeded = await cache.clear().then(
      () => true,
      () => false,
    );
    for (const write of cleared) Object.assign(write, { hasSucceeded, endedAt: clock.now() });
  }

  private go(): void {
    if (!this.isWriting) return;
    const node = this.random.pick(this.sim.nodes);
    const writing = this.write(node).finally(() => this.open.delete(writing));
    this.open.add(writing);
    this.sim.clock.setTimer(() => this.go(), this.random.between(...this.everyMs));
  }

  private async write(node: Node): Promise<void> {
    const { random, sim, concern } = this;
    const key = random.pick(this.keys);
    const value = random.chance(0.25) ? undefined : this.writes.length;
    const write: Write = { key, value, startedAt: sim.clock.now(), endedAt: 0, hasSucceeded: false };
    this.writes.push(write);
    try {
      if (value === undefined) await node.call(CACHE, { type: 'delete', key, concern });
      else await node.call(CACHE, { type: 'put', key, value, concern });
      write.hasSucceeded = true;
    } catch {
      // Whether it was handled is not known.
    }
    write.endedAt = sim.clock.now();
  }
}
