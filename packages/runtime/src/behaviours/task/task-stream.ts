import { z } from '#zod';
import { BadArgumentError, CallTimeoutError } from '../../terms/errors';
import type { ExitReason } from '../../terms/exit-reason';
import { durationSchema, flagSchema } from '../../terms/option-schemas';
import { checkOptions } from '../../terms/options';
import type { Self } from '../../node/node';
import { systemCores } from '../../node/system/system-cores';
import { LongTimer } from '../../process/long-timer';
import { isPositive } from './task-options';
import type { Waiter } from '../waiting/waiter';
import type { TaskRun } from './task-run';

/** What a stream executes for each item. */
export type StreamFunction<Item, Result> = (item: Item, self: Self) => Result | Promise<Result>;

/** How the task of an item ended. OTP: Elixir's `{:ok, result}` and `{:exit, {item, reason}}`. */
export type StreamOutcome<Item, Result> =
  | { readonly status: 'ok'; readonly value: Result }
  | { readonly status: 'exit'; readonly reason: ExitReason; readonly item: Item };

/** Options of `asyncStream`. */
export interface AsyncStreamOptions {
  /** How many tasks run at a time. Default: the number of cores. */
  readonly maxConcurrency?: number;
  /** Whether the outcomes come in the order of the items; those that are early are kept. Default `true`. */
  readonly ordered?: boolean;
  /** Milliseconds that each task may take. Default 5,000. */
  readonly timeoutMs?: number;
  /** What a task that takes longer means: the end of the stream, or of the task alone. Default `'exit'`. */
  readonly onTimeout?: 'exit' | 'killTask';
}

const optionsSchema = z.strictObject({
  maxConcurrency: z.custom<number>(isPositive, 'a number of tasks: a whole number, 1 or more').optional(),
  ordered: flagSchema.optional(),
  timeoutMs: durationSchema.optional(),
  onTimeout: z.enum(['exit', 'killTask'], "'exit' or 'killTask'").optional(),
});

/** Starts the task of an item; `began` hears of it before anything of it runs. */
type StartTask<Item, Result> = (item: Item, began: (run: TaskRun<Result>) => void) => void | Promise<void>;

/**
 * The stream of the outcomes of tasks, one for each item.
 * @throws BadArgumentError, at once, if an option is wrong or there is nothing to iterate
 */
export function streamTasks<Item, Result>(
  call: string,
  owner: Waiter,
  items: Iterable<Item> | AsyncIterable<Item>,
  start: StartTask<Item, Result>,
  options: AsyncStreamOptions,
): AsyncGenerator<StreamOutcome<Item, Result>, void, undefined> {
  checkOptions<unknown>(call, optionsSchema, options);
  const { maxConcurrency = systemCores(), ordered = true, timeoutMs = 5_000, onTimeout = 'exit' } = options;
  const given = { maxConcurrency, ordered, timeoutMs, onTimeout };
  return new TaskStream(call, owner, iterate(call, items), start, given).outcomes();
}

/** An item on its way. */
interface Entry<Item, Result> {
  readonly item: Item;
  readonly run: TaskRun<Result>;
  readonly timer: LongTimer;
  timedOut: boolean;
}

/** Runs the tasks of a stream: a few at a time, and only while somebody asks for outcomes. */
class TaskStream<Item, Result> {
  private readonly running = new Set<Entry<Item, Result>>();
  /** What is still to be given: all that have started, in order; or those that have ended, as they did. */
  private readonly queue: Entry<Item, Result>[] = [];
  private isPulling = false;
  private isExhausted = false;
  private isStopped = false;
  private failure: { readonly error: unknown } | undefined = undefined;
  private wake: (() => void) | null = null;
  /** Settles when the source is closed. */
  private closing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly call: string,
    private readonly owner: Waiter,
    private readonly items: Iterator<Item> | AsyncIterator<Item>,
    private readonly start: StartTask<Item, Result>,
    private readonly options: Required<AsyncStreamOptions>,
  ) {}

  async *outcomes(): AsyncGenerator<StreamOutcome<Item, Result>, void, undefined> {
    this.owner.onEnd(this.stop);
    try {
      for (;;) {
        const entry = this.takeOver();
        if (entry === undefined && this.failure !== undefined) throw this.failure.error;
        if (entry === undefined && this.isOver) return;
        // Whoever asks for more lets more start; what is ready is given first.
        if (entry === undefined) {
          this.fill();
          await this.change();
        } else {
          yield outcomeOf(entry);
          if (!this.isStopped) this.fill();
        }
      }
    } finally {
      this.owner.offEnd(this.stop);
      this.stop();
      // An async source that is waited for cannot be closed before it has given what it was asked for.
      if (!this.isPulling) await this.closing;
    }
  }

  private get isOver(): boolean {
    return this.isExhausted && !this.isPulling && this.running.size === 0;
  }

  /** Starts one more task, if there may be one: when it has started, the next one follows. */
  private fill(): void {
    if (this.isPulling || this.isExhausted || this.running.size >= this.options.maxConcurrency) return;
    this.isPulling = true;
    void this.pull().then(
      () => {
        this.isPulling = false;
        this.signal();
      },
      (error: unknown) => {
        this.queue.length = 0;
        this.fail(error);
      },
    );
  }

  private async pull(): Promise<void> {
    const next = await this.nextItem();
    if (this.isStopped) return;
    if (next.done === true) {
      this.isExhausted = true;
      return;
    }
    await this.start(next.value, (run) => {
      this.took(next.value, run);
    });
  }

  private async nextItem(): Promise<IteratorResult<Item>> {
    try {
      return await this.items.next();
    } catch (error) {
      this.isExhausted = true;
      throw error;
    }
  }

  private took(item: Item, run: TaskRun<Result>): void {
    const timer = new LongTimer(this.owner.local.clock, this.options.timeoutMs, () => {
      this.timedOut(entry);
    });
    const entry: Entry<Item, Result> = { item, run, timer, timedOut: false };
    this.running.add(entry);
    if (this.options.ordered) this.queue.push(entry);
    run.onOutcome = (): void => {
      this.ended(entry);
    };
    if (this.isStopped) this.kill(entry);
  }

  private ended(entry: Entry<Item, Result>): void {
    const { run, timer } = entry;
    timer.cancel();
    this.running.delete(entry);
    if (!this.options.ordered && !this.isStopped) this.queue.push(entry);
    // A failure is felt along the link, unless the owner traps exits: then the outcome tells it, and no message.
    if (run.pid !== undefined && (run.outcome?.status === 'ok' || this.owner.trapsExits)) {
      this.owner.unlink(run.pid);
    }
    this.signal();
  }

  private timedOut(entry: Entry<Item, Result>): void {
    const { onTimeout, timeoutMs } = this.options;
    if (onTimeout === 'exit') {
      this.keepReady();
      this.fail(new CallTimeoutError(this.call, timeoutMs));
    } else {
      entry.timedOut = true;
      this.kill(entry);
    }
  }

  /** What was ready when the time was over is still given; what the end of the stream makes of the others is not. */
  private keepReady(): void {
    const late = this.queue.findIndex(({ run }) => run.outcome === undefined);
    if (late !== -1) this.queue.length = late;
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.stop();
    this.signal();
  }

  private kill({ run }: Entry<Item, Result>): void {
    if (run.pid === undefined) return;
    this.owner.unlink(run.pid);
    this.owner.exitSignal(run.pid, 'kill');
  }

  /** Ends what runs, and closes the source: nobody asks any more. */
  private readonly stop = (): void => {
    if (this.isStopped) return;
    this.isStopped = true;
    if (!this.isExhausted) this.closing = closeSource(this.items);
    for (const entry of [...this.running]) this.kill(entry);
  };

  private takeOver(): Entry<Item, Result> | undefined {
    return this.queue[0]?.run.outcome === undefined ? undefined : this.queue.shift();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  /** Has the stream look again. Not before the owner has felt its link: if that ends it, it does not go on. */
  private signal(): void {
    queueMicrotask(() => {
      if (!this.owner.hasEnded) this.wake?.();
    });
  }
}

function outcomeOf<Item, Result>({ item, run, timedOut }: Entry<Item, Result>): StreamOutcome<Item, Result> {
  const { outcome } = run;
  if (outcome?.status === 'ok') return outcome;
  return { status: 'exit', reason: timedOut ? 'timeout' : outcome?.reason, item };
}

/** Lets a source clean up; an error in that is nobody's any more. */
async function closeSource(items: Iterator<unknown> | AsyncIterator<unknown>): Promise<void> {
  try {
    await items.return?.();
  } catch {
    return;
  }
}

function iterate<Item>(
  call: string,
  items: Iterable<Item> | AsyncIterable<Item>,
): Iterator<Item> | AsyncIterator<Item> {
  const given = items as Partial<Iterable<Item> & AsyncIterable<Item>> | null | undefined;
  const iterator = given?.[Symbol.asyncIterator]?.() ?? given?.[Symbol.iterator]?.();
  if (iterator !== undefined) return iterator;
  throw new BadArgumentError({ call, expected: 'items: an iterable', got: items });
}
