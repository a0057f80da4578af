import { plainName, type LocalName, type ServerRef } from '../terms/address';
import {
  BadArgumentError,
  CallTimeoutError,
  NodeDownError,
  NoProcessError,
  ServerExitError,
} from '../terms/errors';
import { checkNodeName, type NodeName } from '../terms/node-name';
import type { CallsOf, CastsOf, ReplyTo } from '../terms/protocol';
import type { CallOptions, Verbs } from '../node/verbs';

/** What came of a `multiCall`. */
export interface MultiCallResult<Reply> {
  /** The replies, in the order of the nodes that were asked. */
  readonly replies: readonly { readonly node: NodeName; readonly reply: Reply }[];
  /** The nodes without a reply: out of reach, without such a server, or too late. */
  readonly badNodes: readonly NodeName[];
}

/**
 * Calls the servers of one name on several nodes at once and waits for all. A reply that comes too late is dropped.
 * OTP: `gen_server:multi_call/4`.
 * @param on the process or node that calls
 * @param nodes for example `[node.name, ...node.list()]`
 * @param options.timeoutMs default `Infinity`
 * @throws UnsendableError, CallingSelfError, BadArgumentError
 */
export async function multiCall<S, const R extends CallsOf<S>>(
  on: Verbs,
  nodes: readonly NodeName[],
  name: LocalName<S>,
  request: R,
  options: CallOptions = {},
): Promise<MultiCallResult<ReplyTo<CallsOf<S>, R>>> {
  const servers = serversOn('multiCall', nodes, name);
  const withTimeout = { timeoutMs: Infinity, ...options };
  const outcomes = await Promise.allSettled(servers.map((server) => on.call(server, request, withTimeout)));
  const replies: { node: NodeName; reply: ReplyTo<CallsOf<S>, R> }[] = [];
  const badNodes: NodeName[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    const node = nodes[index] as NodeName;
    if (outcome.status === 'fulfilled') replies.push({ node, reply: outcome.value });
    else if (isNoReply(outcome.reason)) badNodes.push(node);
    else throw outcome.reason;
  }
  return { replies, badNodes };
}

/** Casts to the servers of one name on several nodes. OTP: `gen_server:abcast/3`.
 * @throws UnsendableError, BadArgumentError */
export function abcast<S>(
  on: Verbs,
  nodes: readonly NodeName[],
  name: LocalName<S>,
  request: CastsOf<S>,
): void {
  for (const server of serversOn('abcast', nodes, name)) on.cast(server, request);
}

function serversOn<S>(call: string, nodes: readonly NodeName[], name: LocalName<S>): ServerRef<S>[] {
  const plain = plainName(call, name);
  if (!Array.isArray(nodes)) throw new BadArgumentError({ call, expected: 'an array of nodes', got: nodes });
  return nodes.map((node) => ({ name: plain, node: checkNodeName(call, node) }));
}

/** What keeps one node from replying, and says nothing about the others. */
function isNoReply(error: unknown): boolean {
  return [CallTimeoutError, NodeDownError, NoProcessError, ServerExitError].some(
    (kind) => error instanceof kind,
  );
}
