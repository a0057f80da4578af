import type { CacheServer } from '@trestle/cache';
import { localName, type Node } from '@trestle/runtime';
import { SeededRandom } from '@trestle/runtime/testing';
import type { Write } from '../../cache/replication/lost-writes';

const CACHE = localName<CacheServer>('Cache');
/** So many writes a second leave the nodes time for what they are tested for. */
const everyMs = 5;

/** Writes at random to keys that others write too, and to others that are its own; remembers what it was told of each. */
export class QuorumWriter {
  readonly writes: Write[] = [];
  private isWriting = true;
  private look = (): void => undefined;
  private readonly done: Promise<void>;
  private readonly random: SeededRandom;

  /** @param shared the keys that others write too */
  constructor(
    private readonly node: Node,
    seed: number,
    private readonly shared: readonly string[],
  ) {
    this.random = new SeededRandom(`${String(seed)}/${node.name}`);
    this.done = this.go();
  }

  /** Waits until so many more writes have succeeded. */
  async succeeds(times: number): Promise<void> {
    const wanted = this.succeeded + times;
    await new Promise<void>((resolve) => {
      this.look = () => {
        if (this.succeeded >= wanted) resolve();
      };
    });
  }

  /** Writes no more. @returns all writes */
  async stop(): Promise<readonly Write[]> {
    this.isWriting = false;
    await this.done;
    return this.writes;
  }

  private get succeeded(): number {
    return this.writes.filter(({ hasSucceeded }) => hasSucceeded).length;
  }

  private async go(): Promise<void> {
    while (this.isWriting) {
      await this.write();
      this.look();
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  private async write(): Promise<void> {
    const { random, node } = this;
    const id = `${node.name} ${String(this.writes.length)}`;
    const isShared = random.chance(0.5);
    const key = isShared ? random.pick(this.shared) : id;
    const value = isShared && random.chance(0.25) ? undefined : id;
    const write: Write = { key, value, startedAt: Date.now(), endedAt: 0, hasSucceeded: false };
    this.writes.push(write);
    const how = { key, concern: 'quorum' } as const;
    try {
      const request = value === undefined ? ({ type: 'delete', ...how } as const) : { ...put(value), ...how };
      await node.call(CACHE, request, { timeoutMs: 1_000 });
      write.hasSucceeded = true;
    } catch {
      // Whether it was handled is not known.
    }
    write.endedAt = Date.now();
  }
}

const put = (value: string) => ({ type: 'put', value }) as const;
