import { BadArgumentError, CallTimeoutError } from '../terms/errors';
import type { RequestResponse } from '../terms/message';
import type { Ref } from '../terms/ref';
import type { AnySelf } from '../node/node';
import type { RpcOptions, RpcRequest, RpcResponse } from '../node/rpc';
import type { Verbs } from '../node/verbs';
import {
  checkResponse,
  receiveResponse,
  sendRequest,
  waitResponse,
} from '../behaviours/gen-server/send-request';
import type { RequestId } from '../behaviours/gen-server/request-id';
import { timeoutOf, type RpcOrder } from './rpc-order';
import { inWordsOf, valueOf, type RpcResult } from './rpc-result';
import { rpcServer } from './rpc-server';

/** A call that was sent to an rpc server, and whose result its sender waits for later. */
export class SentRpc<Result = unknown> implements RpcRequest<Result> {
  private readonly id: RequestId<RpcResult>;

  /** @throws BadArgumentError if `on` is neither a process nor a node; UnsendableError */
  constructor(
    on: Verbs,
    private readonly order: RpcOrder,
  ) {
    this.id = sendRequest(on as AnySelf, rpcServer.on(order.node), order.request);
  }

  /** @throws BadArgumentError if it is none */
  static of<Result>(call: string, request: RpcRequest<Result>): SentRpc<Result> {
    if (request instanceof SentRpc) return request as SentRpc<Result>;
    throw new BadArgumentError({ call, expected: 'a request of rpc.sendRequest', got: request });
  }

  get ref(): Ref {
    return this.id.ref;
  }

  async receive(on: Verbs, options: RpcOptions | undefined): Promise<Result> {
    const timeoutMs = timeoutOf('rpc.receiveResponse', options, Infinity);
    const response = await receiveResponse(on as AnySelf, this.id, { timeoutMs });
    if (response.status === 'timeout') throw new CallTimeoutError(this.order.words, timeoutMs);
    return this.resultOf(response);
  }

  async wait(on: Verbs, options: RpcOptions | undefined): Promise<RpcResponse<Result>> {
    const timeoutMs = timeoutOf('rpc.waitResponse', options, 0);
    const response = await waitResponse(on as AnySelf, this.id, { timeoutMs });
    if (response.status === 'timeout') return { status: 'noResponse' };
    return { status: 'response', result: this.resultOf(response) };
  }

  check(message: unknown): RpcResponse<Result> {
    const response = checkResponse(message, this.id);
    if (response === undefined) return { status: 'noResponse' };
    return { status: 'response', result: this.resultOf(response) };
  }

  private resultOf(response: RequestResponse<RpcResult>): Result {
    if (response.status === 'error') throw inWordsOf(this.order, response.error);
    // What another node sends is for the application to check.
    return valueOf(this.order, response.reply) as Result;
  }
}
