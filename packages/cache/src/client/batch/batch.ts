import { BadArgumentError, RemoteError, type NodeName } from '@trestle/runtime';
import { EncodedValue } from '@trestle/runtime/internal';
import type { BatchAnswer, BatchPart } from '../../terms/batch-answer';
import {
  deleteOp,
  getOp,
  putOp,
  putOpWith,
  requestAt,
  type BatchOp,
  type SingleRequest,
} from '../../terms/batch-ops';
import type { CacheKey } from '../../terms/cache-key';
import type { CacheCall } from '../../terms/cache-protocol';
import type { WriteRequestOptions } from '../../terms/write-request';
import { errorOfOne, isTooMuch } from './batch-errors';

/** So many requests travel together at most, */
const maxRequests = 512;
/** and about so many characters and bytes of them. */
const maxLength = 32 * 1024;

type Settle = (value: unknown) => void;

/** When something was sent, and for how long it may wait. */
export interface Sent {
  readonly sentAt: number;
  readonly timeoutMs: number;
}

/** What a batch needs of whoever sends it. */
export interface BatchSender {
  now(): number;
  send(node: NodeName, request: CacheCall, timeoutMs: number): Promise<unknown>;
  /** A request in the words of errors. */
  describe(node: NodeName, request: SingleRequest): string;
  /** What becomes of a request that has failed at a node: what is returned, or rejected with, is its end. */
  failed(node: NodeName, request: SingleRequest, sent: Sent, error: unknown): Promise<unknown>;
}

/** Requests to one node that travel in one message. Each has an end of its own. */
export class Batch {
  private readonly ops: unknown[] = [];
  /** Where each request begins in the list. */
  private readonly starts: number[] = [];
  /** The end of each request: settles its promise, with another one if it failed. `null` once it has ended. */
  private readonly ends: (Settle | null)[] = [];
  private length = 0;
  /** When it left, by the clock of the sender. */
  sentAt = 0;

  constructor(
    private readonly sender: BatchSender,
    private readonly node: NodeName,
    readonly timeoutMs: number,
  ) {}

  get isFull(): boolean {
    return this.starts.length >= maxRequests || this.length >= maxLength;
  }

  /** @param op what is asked, in the terms of `batch-ops.ts` */
  add(op: BatchOp, key: CacheKey, value: unknown, how: WriteRequestOptions | undefined): Promise<unknown> {
    const { ops } = this;
    this.starts.push(ops.length);
    this.length += lengthOf(value);
    if (op === getOp || op === deleteOp) ops.push(op, key);
    else if (op === putOp) ops.push(op, key, value);
    else if (op === putOpWith) ops.push(op, key, value, how);
    else ops.push(op, key, how);
    return new Promise(this.executor);
  }

  send(): void {
    this.sentAt = this.sender.now();
    if (this.starts.length === 1) {
      this.ask(0);
      return;
    }
    const { ops, timeoutMs } = this;
    this.sender.send(this.node, { type: 'batch', ops }, timeoutMs).then(this.answered).catch(this.failed);
  }

  private readonly executor = (resolve: Settle): void => {
    this.ends.push(resolve);
  };

  private readonly answered = (answer: unknown): void => {
    const told = answer as BatchAnswer;
    if (!isWhole(told)) {
      this.partAnswered(told);
      return;
    }
    for (let place = 0; place < this.starts.length; place++) this.settle(place, told[place]);
  };

  private partAnswered({ places, values, failures, rest }: BatchPart): void {
    for (let i = 0; i < failures.length; i += 2) this.refused(failures[i] as number, failures[i + 1]);
    places.forEach((place, i) => {
      this.settle(place, values[i]);
    });
    if (rest === 0) {
      // Nobody must wait for what will not come.
      const got = { places, failures };
      this.failed(new BadArgumentError({ call: 'cache', expected: 'an answer to every request', got }));
      return;
    }
    const leftMs = Math.max(0, this.timeoutMs - (this.sender.now() - this.sentAt));
    this.sender.send(this.node, { type: 'rest', batch: rest }, leftMs).then(this.answered).catch(this.failed);
  }

  /** The batch has failed as a whole: all of it that is still open. */
  private readonly failed = (error: unknown): void => {
    const isEachOnItsOwn = isTooMuch(error);
    for (let place = 0; place < this.starts.length; place++) {
      if (this.ends[place] === null) continue;
      if (isEachOnItsOwn) this.ask(place);
      else this.fail(place, errorOfOne(error, this.describe(place), this.timeoutMs));
    }
  };

  private refused(place: number, data: unknown): void {
    // It has ended already, or was never asked.
    if (typeof this.ends[place] !== 'function') return;
    if (data === null) this.ask(place);
    else this.fail(place, new RemoteError(this.describe(place), data));
  }

  /** Asks for one alone. */
  private ask(place: number): void {
    const end = this.take(place);
    const request = this.requestAt(place);
    const { sender, node, timeoutMs, sentAt } = this;
    end(
      sender
        .send(node, request, timeoutMs)
        .then((value) => (request.type === 'get' ? value : 'ok'))
        .catch((error: unknown) => sender.failed(node, request, { timeoutMs, sentAt }, error)),
    );
  }

  private settle(place: number, value: unknown): void {
    // A write has no other answer.
    this.take(place)(this.ops[this.starts[place] as number] === getOp ? value : 'ok');
  }

  private fail(place: number, error: unknown): void {
    this.take(place)(this.sender.failed(this.node, this.requestAt(place), this, error));
  }

  /** The end of a request, which ends once. */
  private take(place: number): Settle {
    const end = this.ends[place];
    this.ends[place] = null;
    return end ?? nobodyWaits;
  }

  private describe(place: number): string {
    return this.sender.describe(this.node, this.requestAt(place));
  }

  private requestAt(place: number): SingleRequest {
    return requestAt(this.ops, this.starts[place] as number);
  }
}

function isWhole(answer: BatchAnswer): answer is readonly unknown[] {
  return Array.isArray(answer);
}

function nobodyWaits(): void {
  // It was answered twice, or never asked.
}

/** About how many bytes a value takes. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return value instanceof EncodedValue ? value.bytes.length : 0;
}
