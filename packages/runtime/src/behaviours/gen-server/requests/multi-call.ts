import { plainName, type LocalName, type ServerRef } from '../../../terms/address';
import { BadArgumentError, CallingSelfError, UnsendableError } from '../../../terms/errors';
import { checkNodeName, type NodeName } from '../../../terms/node-name';
import type { CallsOf, CastsOf, ReplyTo } from '../../../terms/protocol';
import { BaseVerbs } from '../../../node/verbs/base-verbs';
import type { CallOptions, Verbs } from '../../../node/verbs/verbs';

/** What came of a `multiCall`. */
export interface MultiCallResult<Reply> {
  /** The replies, in the order of the nodes that were asked. */
  readonly replies: readonly { readonly node: NodeName; readonly reply: Reply }[];
  /** The nodes without a reply: out of reach, without such a server, too late, or with a reply that cannot travel. */
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
    else if (isOwnFault(outcome.reason)) throw outcome.reason;
    else badNodes.push(node);
  }
  return { replies, badNodes };
}

/**
 * Casts to the servers of one name on several nodes. OTP: `gen_server:abcast/3`.
 * @throws UnsendableError, BadArgumentError: nothing was sent then
 */
export function abcast<S>(
  on: Verbs,
  nodes: readonly NodeName[],
  name: LocalName<S>,
  request: CastsOf<S>,
): void {
  const { local } = BaseVerbs.launcherOf('abcast', on, false);
  const servers = serversOn('abcast', nodes, name);
  // The own node last: it takes what cannot travel.
  for (const server of servers) if (server.node !== local.name) on.cast(server, request);
  for (const server of servers) if (server.node === local.name) on.cast(server, request);
}

function serversOn<S>(
  call: string,
  nodes: readonly NodeName[],
  name: LocalName<S>,
): (ServerRef<S> & { readonly node: NodeName })[] {
  const plain = plainName(call, name);
  if (!Array.isArray(nodes)) throw new BadArgumentError({ call, expected: 'an array of nodes', got: nodes });
  return nodes.map((node) => ({ name: plain, node: checkNodeName(call, node) }));
}

/** Whether a call failed by what the caller asked for, which is as wrong for every node. */
function isOwnFault(error: unknown): boolean {
  return [BadArgumentError, CallingSelfError, UnsendableError].some((kind) => error instanceof kind);
}
