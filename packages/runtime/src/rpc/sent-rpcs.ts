import type { AnySelf } from '../node/node';
import type { AddRpcTo, LabelledRpcResponse, RpcRequestsOptions } from '../node/rpc';
import type { Verbs } from '../node/verbs/verbs';
import { BadArgumentError } from '../terms/errors';
import type { RequestIds } from '../behaviours/gen-server/requests/request-ids';
import { RequestIds as Collection } from '../behaviours/gen-server/requests/request-ids';
import {
  checkResponse,
  waitResponse,
  type DeleteOptions,
} from '../behaviours/gen-server/requests/send-request';

type Labelled = LabelledRpcResponse<unknown, unknown>;
type NoResponse = { readonly status: 'noResponse' };

/** As a single request is waited for by default: it is only looked whether one has ended. */
export async function waitForOneOf(
  on: Verbs,
  requests: RequestIds,
  options: RpcRequestsOptions = {},
): Promise<Labelled | NoResponse> {
  const response = await waitResponse(on as AnySelf, requests, { timeoutMs: 0, ...options });
  return response.status === 'timeout' ? { status: 'noResponse' } : response;
}

export function checkForOneOf(
  message: unknown,
  requests: RequestIds,
  options?: DeleteOptions,
): Labelled | NoResponse {
  return checkResponse(message, requests, options) ?? { status: 'noResponse' };
}

/** @throws BadArgumentError if it is no place for requests */
export function checkAddTo(call: string, addTo: AddRpcTo<unknown, unknown> | undefined): void {
  if (addTo === undefined || (addTo as typeof addTo | null)?.requests instanceof Collection) return;
  throw new BadArgumentError({ call, expected: '{ requests, label }, with RequestIds', got: addTo });
}
