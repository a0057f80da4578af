import type { NodeName } from '@trestle/runtime';
import type { CacheKey } from '../../terms/cache-key';
import type { CacheCall, ReadAnswer } from '../../terms/cache-protocol';
import type { BatchSender } from './batch';

/** When so many keys wait, no other reader joins them. */
const enoughKeys = 512;

/** Who reads many keys at once, and hears what becomes of those that one node was asked for. */
export interface Reader {
  readonly timeoutMs: number;
  /** Whether entries come with how long they still live. */
  readonly views: boolean;
  /** Values from one place on to another: each belongs at the place in the reader's list that is told beside it. */
  take(places: readonly number[], values: readonly unknown[], from: number, to: number): void;
  /** A node has answered, and does not know these keys yet: it has to ask others. */
  openAt(node: NodeName, places: readonly number[]): void;
  /** @param isShared whether it may be the fault of what others have asked for */
  failed(node: NodeName, places: readonly number[], error: unknown, isShared: boolean): void;
}

/** What several readers ask of one node within one turn of the event loop, in one message: values are all that comes back. */
export class ReadBatch {
  private readonly keys: CacheKey[] = [];
  /** The place of each key in the list of its reader. */
  private readonly places: number[] = [];
  private readonly readers: Reader[] = [];
  /** Where the keys of each reader begin. */
  private readonly starts: number[] = [];
  private last: Reader | null = null;

  constructor(
    private readonly sender: BatchSender,
    private readonly node: NodeName,
    readonly timeoutMs: number,
    private readonly views: boolean,
  ) {}

  /** Whether what a reader asks for can travel here: all of it goes in one message. */
  suits(reader: Reader): boolean {
    if (reader === this.last) return true;
    const { keys, timeoutMs, views } = this;
    return keys.length < enoughKeys && reader.timeoutMs === timeoutMs && reader.views === views;
  }

  add(reader: Reader, place: number, key: CacheKey): void {
    if (reader !== this.last) {
      this.last = reader;
      this.readers.push(reader);
      this.starts.push(this.keys.length);
    }
    this.keys.push(key);
    this.places.push(place);
  }

  send(): void {
    const { sender, node, timeoutMs } = this;
    sender.send(node, this.request(), timeoutMs).then(this.answered).catch(this.failed);
  }

  private get isShared(): boolean {
    return this.readers.length > 1;
  }

  private request(): CacheCall {
    const { keys, views } = this;
    // What needs time for one must not hold up the others.
    const how = { ...(views ? { views } : {}), ...(this.isShared ? { atOnce: true } : {}) };
    return { type: 'getMany', keys, ...how };
  }

  private readonly answered = (answer: unknown): void => {
    const told = answer as ReadAnswer;
    if (!isWhole(told)) {
      this.partAnswered(told.values, told.open);
      return;
    }
    for (let i = 0; i < this.readers.length; i++)
      this.readers[i]?.take(this.places, told, this.starts[i] ?? 0, this.endOf(i));
  };

  private partAnswered(values: readonly unknown[], open: readonly number[]): void {
    const isOpen = new Set(open);
    this.readers.forEach((reader, i) => {
      const known: number[] = [];
      const unknown: number[] = [];
      for (let at = this.starts[i] ?? 0; at < this.endOf(i); at++)
        (isOpen.has(at) ? unknown : known).push(at);
      const places = known.map((at) => this.places[at] ?? 0);
      const found = known.map((at) => values[at]);
      reader.take(places, found, 0, known.length);
      if (unknown.length > 0)
        reader.openAt(
          this.node,
          unknown.map((at) => this.places[at] ?? 0),
        );
    });
  }

  private readonly failed = (error: unknown): void => {
    this.readers.forEach((reader, i) => {
      const places = this.places.slice(this.starts[i], this.endOf(i));
      reader.failed(this.node, places, error, this.isShared);
    });
  };

  private endOf(i: number): number {
    return this.starts[i + 1] ?? this.keys.length;
  }
}

function isWhole(answer: ReadAnswer): answer is readonly unknown[] {
  return Array.isArray(answer);
}
