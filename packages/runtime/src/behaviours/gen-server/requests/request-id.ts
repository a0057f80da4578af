import type { ServerRef } from '../../../terms/address';
import { BadArgumentError, type TrestleError } from '../../../terms/errors';
import { prose } from '../../../terms/show';
import type { RequestResponse } from '../../../terms/message';
import type { Ref } from '../../../terms/ref';
import type { AnySelf, Node } from '../../../node/node';
import type { PendingCall } from '../../../node/calls/pending-call';
import type { resultOf, RpcRequest } from '../../../node/rpc';
import { Waiter } from '../../waiting/waiter';
import type { Waitable } from '../../waiting/wait-for';

/**
 * A request that was sent and whose response its sender awaits, or finds in its mailbox. OTP: `gen_server`'s
 * `request_id()`.
 */
export class RequestId<Reply = unknown> implements Waitable, RpcRequest<Reply> {
  declare readonly [resultOf]?: Reply;
  /** Names it in messages. */
  readonly ref: Ref;
  /** @internal Who waits for it. */
  listener: (() => void) | null = null;
  /** @internal How it ended. */
  outcome: RequestResponse | undefined = undefined;
  /** @internal Which of the responses of its node came first. */
  arrival = 0;
  private isDone = false;
  private readonly call: PendingCall;

  /** @internal Made by `sendRequest`. */
  constructor(
    /** @internal */ readonly owner: Waiter,
    server: ServerRef<unknown>,
    request: unknown,
  ) {
    const { local, process } = owner;
    this.ref = local.refs.next();
    this.call = local.gen.request(server, request, this, process);
    if (this.outcome === undefined) owner.onEnd(this.drop);
  }

  /** @internal */
  readonly resolve = (reply: unknown): void => {
    this.ended({ status: 'reply', reply });
  };

  /** @internal */
  readonly reject = (error: TrestleError): void => {
    this.ended({ status: 'error', error });
  };

  /** @internal @throws BadArgumentError if `on` did not send it, has its response already, or waits for it */
  check(call: string, on: Node | AnySelf): void {
    Waiter.of(call, on);
    const { pid } = this.owner;
    if (on.pid !== pid)
      throw new BadArgumentError({ call, expected: `the sender of the request, ${pid}`, got: on.pid });
    if (this.isOver) {
      throw new BadArgumentError({
        call,
        expected: 'a request that waits for its response',
        got: prose('one that does not'),
      });
    }
    if (this.listener !== null)
      throw new BadArgumentError({
        call,
        expected: 'a request that nobody awaits',
        got: prose('one that is awaited'),
      });
  }

  /** Whether its sender had the response, or wants none any more. */
  get isOver(): boolean {
    return this.isDone;
  }

  /** @internal The response, for its sender, who is done with the request then; its message is not left in the mailbox. */
  take(): RequestResponse<Reply> {
    this.finish();
    return this.outcome as RequestResponse<Reply>;
  }

  /** @internal Its sender wants no response any more: one that comes all the same is dropped. */
  readonly drop = (): void => {
    this.call.drop();
    this.finish();
  };

  private ended(outcome: RequestResponse): void {
    this.outcome = outcome;
    this.arrival = this.owner.local.gen.nextArrival();
    this.owner.offEnd(this.drop);
    if (this.listener !== null) this.listener();
    else this.owner.deliver({ type: 'requestResponse', ref: this.ref, response: outcome });
  }

  private finish(): void {
    this.isDone = true;
    this.owner.offEnd(this.drop);
    this.owner.process?.flush((message) => isResponseOf(this.ref, message));
  }
}

/** Tells whether a message is the response to the request of a reference. */
export function isResponseOf(ref: Ref, message: unknown): boolean {
  const { type, ref: of } = (message ?? {}) as { readonly type?: unknown; readonly ref?: unknown };
  return type === 'requestResponse' && of === ref;
}
