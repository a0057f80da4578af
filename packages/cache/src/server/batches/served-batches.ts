import { BadArgumentError, noReply, reply, type CallResult, type Clock, type From } from '@trestle/runtime';
import { AheadEncoder } from '@trestle/runtime/internal';
import type { CachePart } from '../cache-part';
import type { CacheCall } from '../../terms/cache-protocol';
import { failCall } from '../operations/fail-call';
import { ServedBatch } from './served-batch';

type RequestOf<Type extends string> = Extract<CacheCall, { readonly type: Type }>;

/** What nobody has asked for in so long a time nobody will. */
const keptMs = 60_000;

/** A batch that has not told all it will. */
interface Kept {
  readonly number: number;
  /** Who waits for news. */
  waiting: From | null;
  /** When it was last asked for. */
  askedAt: number;
}

/** The batches of one node: most are answered at once, and forgotten; the others as their requests end. */
export class ServedBatches {
  private readonly encoder = new AheadEncoder();
  private readonly kept = new Map<ServedBatch, Kept>();
  private readonly byNumber = new Map<number, ServedBatch>();
  /** Those whose news somebody waits for. */
  private readonly due = new Set<ServedBatch>();
  private lastNumber = 0;

  /** @param soon has `tell` called when what the server has to do now is done */
  constructor(
    private readonly part: CachePart,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly soon: () => void,
  ) {}

  serve(request: RequestOf<'batch'>, from: From): CallResult {
    const batch = new ServedBatch(this.part, this.encoder, from, this.ended);
    const answer = batch.serve(request.ops);
    if (answer !== null) return reply(request, answer);
    this.forgetOld();
    const kept = { number: (this.lastNumber += 1), waiting: from, askedAt: this.clock.now() };
    this.kept.set(batch, kept);
    this.byNumber.set(kept.number, batch);
    if (batch.hasNews) this.answer(batch, kept);
    return noReply();
  }

  rest({ batch: number }: RequestOf<'rest'>, from: From): CallResult {
    const batch = this.byNumber.get(number);
    const kept = batch === undefined ? undefined : this.kept.get(batch);
    if (batch === undefined || kept === undefined) {
      failCall(
        from,
        new BadArgumentError({ call: 'cache rest', expected: 'a batch that waits', got: number }),
      );
      return noReply();
    }
    kept.waiting = from;
    kept.askedAt = this.clock.now();
    if (batch.hasNews) this.answer(batch, kept);
    return noReply();
  }

  /** Tells what is new: all that has ended while the server had something else to do. */
  tell(): void {
    for (const batch of this.due) {
      const kept = this.kept.get(batch);
      if (kept !== undefined && kept.waiting !== null && batch.hasNews) this.answer(batch, kept);
    }
    this.due.clear();
  }

  private readonly ended = (batch: ServedBatch): void => {
    const kept = this.kept.get(batch);
    if (kept === undefined || kept.waiting === null) return;
    if (this.due.size === 0) this.soon();
    this.due.add(batch);
  };

  private answer(batch: ServedBatch, kept: Kept): void {
    const part = batch.takePart(kept.number);
    if (part.rest === 0) this.forget(batch, kept.number);
    kept.waiting?.reply(part);
    kept.waiting = null;
  }

  /** Whoever has asked may be gone. */
  private forgetOld(): void {
    const until = this.clock.now() - keptMs;
    for (const [batch, { number, askedAt }] of this.kept) {
      if (batch.isDone && askedAt < until) this.forget(batch, number);
    }
  }

  private forget(batch: ServedBatch, number: number): void {
    this.kept.delete(batch);
    this.byNumber.delete(number);
  }
}
