import { z } from '#zod';
import type { ServerRef } from '../../../terms/address';
import { BadArgumentError } from '../../../terms/errors';
import type { RequestResponse } from '../../../terms/message';
import { durationSchema, flagSchema } from '../../../terms/option-schemas';
import { checkOptions } from '../../../terms/options';
import type { CallsOf, ReplyTo } from '../../../terms/protocol';
import type { AnySelf, Node } from '../../../node/node';
import { isResponseOf, RequestId } from './request-id';
import { RequestIds } from './request-ids';
import { Waiter } from '../../waiting/waiter';
import { waitForSome } from '../../waiting/wait-for';

/** Where `sendRequest` puts the request. */
export interface AddTo<Reply, Label> {
  /** `RequestIds` that take such replies, among others perhaps. */
  readonly requests: { readonly add: (request: RequestId<Reply>, label: Label) => unknown };
  readonly label: Label;
}

/** How long to wait for a response. */
export interface ResponseOptions {
  /** Milliseconds; 0 only looks. Default `Infinity`: a request always ends, with a reply or an error. */
  readonly timeoutMs?: number;
}

/** What becomes of a request in a collection whose response came. */
export interface DeleteOptions {
  /** Whether it is taken out. Default `true`. */
  readonly delete?: boolean;
}

/** No response came in time. */
export interface ResponseTimeout {
  readonly status: 'timeout';
}

/** No request in the collection waits for its response. */
export interface NoRequest {
  readonly status: 'noRequest';
}

/** A response to one of several requests, and the label of that one. */
export type LabelledResponse<Reply, Label> = RequestResponse<Reply> & { readonly label: Label };

/**
 * Sends a request and goes on; its response is awaited by `receiveResponse` or `waitResponse`, or arrives as a message,
 * which `checkResponse` tells from others. It ends, as a call, at once when there is nobody to answer it; by itself it
 * has no timeout. Responses are dropped when the sender has ended. OTP: `gen_server:send_request/2,4`.
 * @param on the process that sends, or a node, which has no mailbox but can wait
 * @param addTo puts it into a collection, with a label
 * @throws UnsendableError, BadArgumentError: nothing was sent
 */
export function sendRequest<S, const R extends CallsOf<S>, Label = unknown>(
  on: Node | AnySelf,
  server: ServerRef<S>,
  request: R,
  addTo?: AddTo<ReplyTo<CallsOf<S>, R>, Label>,
): RequestId<ReplyTo<CallsOf<S>, R>> {
  const call = 'sendRequest';
  const owner = Waiter.of(call, on);
  if (addTo !== undefined && !((addTo as AddTo<unknown, unknown> | null)?.requests instanceof RequestIds))
    throw new BadArgumentError({ call, expected: '{ requests, label }, with RequestIds', got: addTo });
  const sent = new RequestId<ReplyTo<CallsOf<S>, R>>(owner, server, request);
  addTo?.requests.add(sent, addTo.label);
  return sent;
}

/**
 * Waits for the response to a request, or the first to one of several. When the time is over the requests are given up:
 * a response that comes then is dropped. OTP: `gen_server:receive_response/2,3`.
 * @param on who sent them
 * @param options.timeoutMs default `Infinity`
 * @param options.delete whether a request that has its response is taken out of the collection. Default `true`
 * @throws BadArgumentError if another than the sender asks, or the request has no response to come
 */
export function receiveResponse<Reply>(
  on: Node | AnySelf,
  request: RequestId<Reply>,
  options?: ResponseOptions,
): Promise<RequestResponse<Reply> | ResponseTimeout>;
/** As above, the first to one of several, with the label of that. */
export function receiveResponse<Reply, Label>(
  on: Node | AnySelf,
  requests: RequestIds<Reply, Label>,
  options?: ResponseOptions & DeleteOptions,
): Promise<LabelledResponse<Reply, Label> | ResponseTimeout | NoRequest>;
export async function receiveResponse(
  on: Node | AnySelf,
  what: RequestId | RequestIds,
  options: ResponseOptions & DeleteOptions = {},
): Promise<unknown> {
  const response = await responseTo('receiveResponse', on, what, options);
  if (response.status === 'timeout') abandon(what);
  return response;
}

/**
 * As `receiveResponse`; when the time is over the requests go on, and can be waited for again. OTP:
 * `gen_server:wait_response/2,3`.
 * @throws BadArgumentError as `receiveResponse`
 */
export function waitResponse<Reply>(
  on: Node | AnySelf,
  request: RequestId<Reply>,
  options?: ResponseOptions,
): Promise<RequestResponse<Reply> | ResponseTimeout>;
/** As above, the first to one of several, with the label of that. */
export function waitResponse<Reply, Label>(
  on: Node | AnySelf,
  requests: RequestIds<Reply, Label>,
  options?: ResponseOptions & DeleteOptions,
): Promise<LabelledResponse<Reply, Label> | ResponseTimeout | NoRequest>;
export function waitResponse(
  on: Node | AnySelf,
  what: RequestId | RequestIds,
  options: ResponseOptions & DeleteOptions = {},
): Promise<unknown> {
  return responseTo('waitResponse', on, what, options);
}

/**
 * Tells whether a message is the response to a request, or to one of several; for code that gets all messages, such as
 * `handleInfo`. OTP: `gen_server:check_response/2,3`.
 * @returns the response; `undefined` if the message is something else
 * @throws BadArgumentError if it is no request
 */
export function checkResponse<Reply>(
  message: unknown,
  request: RequestId<Reply>,
): RequestResponse<Reply> | undefined;
/** As above, to one of several, with the label of that. */
export function checkResponse<Reply, Label>(
  message: unknown,
  requests: RequestIds<Reply, Label>,
  options?: DeleteOptions,
): LabelledResponse<Reply, Label> | NoRequest | undefined;
export function checkResponse(
  message: unknown,
  what: RequestId | RequestIds,
  options: DeleteOptions = {},
): RequestResponse | LabelledResponse<unknown, unknown> | NoRequest | undefined {
  checkOptions('checkResponse', deleteSchema, options);
  if (what instanceof RequestId) return responseIn(message, what);
  const waiting = waitingIn('checkResponse', what);
  if (waiting.length === 0) return { status: 'noRequest' };
  const request = waiting.find(({ ref }) => isResponseOf(ref, message));
  return request === undefined ? undefined : labelled(what, request, options);
}

const deleteSchema = z.strictObject({ delete: flagSchema.optional() });
const responseSchema = deleteSchema.extend({ timeoutMs: durationSchema.optional() });

type Outcome = RequestResponse | LabelledResponse<unknown, unknown> | ResponseTimeout | NoRequest;

async function responseTo(
  call: string,
  on: Node | AnySelf,
  what: RequestId | RequestIds,
  options: ResponseOptions & DeleteOptions,
): Promise<Outcome> {
  checkOptions<unknown>(call, responseSchema, options);
  const requests = what instanceof RequestId ? [what] : waitingIn(call, what);
  const [first] = requests;
  for (const request of requests) request.check(call, on);
  if (first === undefined) return { status: 'noRequest' };
  await waitForSome(first.owner, requests, { count: 1, orOneExit: false }, options.timeoutMs ?? Infinity);
  const ended = requests.filter(({ outcome }) => outcome !== undefined);
  if (ended.length === 0) return { status: 'timeout' };
  const earliest = ended.reduce((one, other) => (other.arrival < one.arrival ? other : one));
  const response = what instanceof RequestId ? what.take() : labelled(what, earliest, options);
  return first.owner.local.gen.inPassing(response, first.owner.process);
}

function responseIn(message: unknown, request: RequestId): RequestResponse | undefined {
  return !request.isOver && isResponseOf(request.ref, message) ? request.take() : undefined;
}

function labelled(
  requests: RequestIds,
  request: RequestId,
  options: DeleteOptions,
): LabelledResponse<unknown, unknown> {
  const label = requests.get(request.ref)?.[1];
  if (options.delete !== false) requests.delete(request);
  return { ...request.take(), label };
}

/** The requests of a collection that have a response to come, or in the mailbox. */
function waitingIn(call: string, what: unknown): RequestId[] {
  if (!(what instanceof RequestIds))
    throw new BadArgumentError({ call, expected: 'a request or RequestIds', got: what });
  return what.toList().flatMap(([request]) => (request.isOver ? [] : [request]));
}

function abandon(what: RequestId | RequestIds): void {
  if (what instanceof RequestId) what.drop();
  else {
    for (const request of waitingIn('receiveResponse', what)) request.drop();
    what.clear();
  }
}
