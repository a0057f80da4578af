import type { NodeName } from '../../terms/node-name';

/** No peer can write it: symbols do not travel. */
const origin = Symbol('origin');

/**
 * The request of a cast, with the node it comes from. A cast says nothing of its sender; the connection it came over
 * knows whose it is, and the rpc server must know whom it serves.
 */
export function castFrom(node: NodeName, request: unknown): unknown {
  return isApply(request) ? { ...request, [origin]: node } : request;
}

/** The node that a cast comes from; `undefined` if that is not known for certain. */
export function originOf(request: object): NodeName | undefined {
  return (request as { readonly [origin]?: NodeName })[origin];
}

function isApply(request: unknown): request is object {
  return (request as { readonly type?: unknown } | null | undefined)?.type === 'apply';
}
