import { BadArgumentError, CallTimeoutError, type TrestleError } from '../terms/errors';
import type { RequestResponse } from '../terms/message';
import type { AnySelf } from '../node/node';
import type { RpcOptions, RpcRequest, RpcResponse } from '../node/rpc';
import type { Verbs } from '../node/verbs/verbs';
import { checkResponse, receiveResponse, waitResponse } from '../behaviours/gen-server/requests/send-request';
import { RequestId } from '../behaviours/gen-server/requests/request-id';
import { Waiter } from '../behaviours/waiting/waiter';
import { timeoutOf, type RpcOrder } from './rpc-order';
import { inWordsOf, valueOf, type RpcResult } from './rpc-result';
import { rpcServer } from './rpc-server';

/**
 * A call that was sent to an rpc server, and whose result its sender waits for later. It is a request as others are, so
 * that both can be awaited together.
 */
export class SentRpc<Result = unknown> extends RequestId<Result> {
  private readonly order: RpcOrder;

  /** @throws BadArgumentError if `on` is neither a process nor a node; UnsendableError */
  constructor(on: Verbs, order: RpcOrder) {
    super(Waiter.of('rpc.sendRequest', on as AnySelf), rpcServer.on(order.node), order.request);
    this.order = order;
  }

  /** @throws BadArgumentError if it is none */
  static of<Result>(call: string, request: RpcRequest<Result>): SentRpc<Result> {
    if (request instanceof SentRpc) return request as SentRpc<Result>;
    const expected = 'a request of rpc.sendRequest, or RequestIds';
    throw new BadArgumentError({ call, expected, got: request });
  }

  /** What the function returned, or became of it instead, in place of what the rpc server has replied. */
  override take(): RequestResponse<Result> {
    const response: RequestResponse = super.take();
    try {
      if (response.status === 'error') throw inWordsOf(this.order, response.error);
      // What another node sends is for the application to check.
      return { status: 'reply', reply: valueOf(this.order, response.reply as RpcResult) as Result };
    } catch (error) {
      return { status: 'error', error: error as TrestleError };
    }
  }

  async receiveResult(on: Verbs, options: RpcOptions | undefined): Promise<Result> {
    const timeoutMs = timeoutOf('rpc.receiveResponse', options, Infinity);
    const response = await receiveResponse(on as AnySelf, this, { timeoutMs });
    if (response.status === 'timeout') throw new CallTimeoutError(this.order.words, timeoutMs);
    return resultOf(response);
  }

  async waitForResult(on: Verbs, options: RpcOptions | undefined): Promise<RpcResponse<Result>> {
    const timeoutMs = timeoutOf('rpc.waitResponse', options, 0);
    const response = await waitResponse(on as AnySelf, this, { timeoutMs });
    if (response.status === 'timeout') return { status: 'noResponse' };
    return { status: 'response', result: resultOf(response) };
  }

  resultIn(message: unknown): RpcResponse<Result> {
    const response = checkResponse(message, this);
    if (response === undefined) return { status: 'noResponse' };
    return { status: 'response', result: resultOf(response) };
  }
}

function resultOf<Result>(response: RequestResponse<Result>): Result {
  if (response.status === 'error') throw response.error;
  return response.reply;
}
