import { BadArgumentError } from '../../../terms/errors';
import type { Ref } from '../../../terms/ref';
import type { RpcRequest } from '../../../node/rpc';
import { RequestId } from './request-id';

/**
 * Requests that are awaited together, each with a label that tells whose response came. OTP: a `request_id_collection()`,
 * which is a value; this one changes.
 */
export class RequestIds<Reply = unknown, Label = unknown> implements Iterable<[RequestId<Reply>, Label]> {
  private readonly entries = new Map<Ref, [RequestId<Reply>, Label]>();

  /**
   * Adds a request, of `sendRequest` or `rpc.sendRequest`. OTP: `reqids_add/3`.
   * @throws BadArgumentError if it is none, or is in already
   */
  add(request: RpcRequest<Reply>, label: Label): this {
    const call = 'RequestIds.add';
    if (!(request instanceof RequestId))
      throw new BadArgumentError({ call, expected: 'a request', got: request });
    const added: RequestId<Reply> = request as RequestId<Reply>;
    const { ref } = added;
    if (this.entries.has(ref))
      throw new BadArgumentError({ call, expected: 'a request that is not in', got: ref });
    this.entries.set(ref, [added, label]);
    return this;
  }

  /** How many there are. OTP: `reqids_size/1`. */
  get size(): number {
    return this.entries.size;
  }

  /** The requests with their labels, in the order they were added. OTP: `reqids_to_list/1`. */
  toList(): [request: RequestId<Reply>, label: Label][] {
    return [...this.entries.values()];
  }

  [Symbol.iterator](): IterableIterator<[RequestId<Reply>, Label]> {
    return this.entries.values();
  }

  /** For the runtime. */
  get(ref: unknown): [RequestId<Reply>, Label] | undefined {
    return this.entries.get(ref as Ref);
  }

  /** Takes a request out; it goes on. */
  delete(request: RequestId<Reply>): boolean {
    return this.entries.delete(request.ref);
  }

  /** Takes all out; they go on. */
  clear(): void {
    this.entries.clear();
  }
}
