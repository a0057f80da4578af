import { nodeOfPid, type From, type TrestleError } from '@trestle/runtime';
import { EncodedValue, type AheadEncoder } from '@trestle/runtime/internal';
import type { CacheKey } from '../../terms/cache-key';
import type { CachePart } from '../cache-part';
import { nobodyWaits } from '../operations/reply-end';
import { cacheErrorData } from '../../terms/told-error';
import type { WriteEnd } from '../../replication/writes/pending-write';
import { storedKey, type StoredKey } from '../../store/stored-key';
import type { BatchAnswer, BatchPart } from '../../terms/batch-answer';
import { deleteOp, deleteOpWith, getOp, howAt, widthOf } from '../../terms/batch-ops';

/** About so many bytes of values travel in one part of an answer. */
const partBytes = 256 * 1024;

/** The place of what has no value yet, or has an error instead. */
const noValue = Symbol('no value');

/** Serves requests that have come together, in their order; what needs time holds up none of the others. */
export class ServedBatch {
  private readonly values: unknown[] = [];
  private readonly failures: (number | object | null)[] = [];
  /** The places of the values that were not told yet; `null` while the requests are looked at for the first time. */
  private fresh: number[] | null = null;
  private open = 0;
  private bytes = 0;
  /** Whether values must be fit to travel. */
  private readonly travels: boolean;

  /** @param ended hears of what ends later */
  constructor(
    private readonly part: CachePart,
    private readonly encoder: AheadEncoder,
    private readonly from: From,
    private readonly ended: (batch: ServedBatch) => void,
  ) {
    this.travels = nodeOfPid(from.pid) !== part.node;
  }

  /** @returns the answer, if all is well and known at once */
  serve(ops: readonly unknown[]): BatchAnswer | null {
    for (let at = 0; at < ops.length; at += widthOf(ops[at])) {
      const place = this.values.push(noValue) - 1;
      this.open += 1;
      try {
        this.serveAt(ops, at, place);
      } catch (error) {
        this.failed(place, error);
      }
    }
    if (this.open === 0 && this.failures.length === 0 && this.bytes <= partBytes) return this.values;
    this.fresh = [];
    this.values.forEach((value, place) => {
      if (value !== noValue) this.fresh?.push(place);
    });
    return null;
  }

  /** Whether there is something to tell. */
  get hasNews(): boolean {
    return (this.fresh?.length ?? 0) > 0 || this.failures.length > 0;
  }

  /** Whether every request has ended. */
  get isDone(): boolean {
    return this.open === 0;
  }

  /** What is known and was not told. @param rest what to ask for more by */
  takePart(rest: number): BatchPart {
    const fresh = this.fresh ?? [];
    const failures = this.failures.splice(0);
    let count = 0;
    for (let bytes = 0; count < fresh.length && bytes < partBytes; count++)
      bytes += sizeOf(this.values[fresh[count] ?? 0]);
    const places = fresh.splice(0, count);
    const values = places.map((place) => this.values[place]);
    for (const place of places) this.values[place] = noValue;
    return { places, values, failures, rest: this.isDone && fresh.length === 0 ? 0 : rest };
  }

  done(place: number, value: unknown): void {
    const told =
      this.travels && typeof value === 'object' && value !== null ? this.encoder.encode(value) : value;
    if (told === undefined && value !== undefined) {
      this.failures.push(place, null);
    } else {
      this.values[place] = told;
      this.bytes += sizeOf(told);
      this.fresh?.push(place);
    }
    this.hasEnded();
  }

  failed(place: number, error: unknown): void {
    this.failures.push(place, cacheErrorData(error));
    this.hasEnded();
  }

  private serveAt(ops: readonly unknown[], at: number, place: number): void {
    const key = storedKey(ops[at + 1] as CacheKey);
    const op = ops[at];
    if (op === getOp) this.get(key, place);
    else if (op === deleteOp || op === deleteOpWith) this.delete(key, ops, at, place);
    else this.put(key, ops, at, place);
  }

  private get(key: StoredKey, place: number): void {
    const { part } = this;
    const entry = part.store.read(key);
    if (entry !== undefined || !part.mayBeElsewhere(key)) this.done(place, entry?.value);
    else {
      part.readElsewhere(key, (found, problem) => {
        if (problem === undefined) this.done(place, found?.value);
        else this.failed(place, problem);
      });
    }
  }

  private put(key: StoredKey, ops: readonly unknown[], at: number, place: number): void {
    const { part } = this;
    const value = ops[at + 2];
    part.checkValue(key, value, this.from.pid);
    if (part.refuses) part.checkRoom([[key, value]]);
    part.put(key, value, howAt(ops, at), this.endOf(place));
    if (part.replicas === null) this.done(place, null);
  }

  private delete(key: StoredKey, ops: readonly unknown[], at: number, place: number): void {
    const { part } = this;
    part.checkWrites();
    part.delete(key, howAt(ops, at).concern, this.endOf(place));
    if (part.replicas === null) this.done(place, null);
  }

  /** What is nowhere else is written at once. */
  private endOf(place: number): WriteEnd {
    return this.part.replicas === null ? nobodyWaits : new WriteOfBatch(this, place);
  }

  private hasEnded(): void {
    this.open -= 1;
    if (this.fresh !== null) this.ended(this);
  }
}

/** The end of one write of a batch. */
class WriteOfBatch implements WriteEnd {
  constructor(
    private readonly batch: ServedBatch,
    private readonly place: number,
  ) {}

  succeeded(): void {
    this.batch.done(this.place, null);
  }

  failed(error: TrestleError): void {
    this.batch.failed(this.place, error);
  }
}

/** About how many bytes a value takes in a message. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return value instanceof EncodedValue ? value.bytes.length : 8;
}
